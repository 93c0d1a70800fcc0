/** Exit codes, for scripts. */
export const exitCodes = {
  completed: 0,
  failures: 1,
  usage: 2,
  held: 3,
  stopped: 4,
  skipped: 5,
} as const;

/** How a command tells a script what became of it. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
