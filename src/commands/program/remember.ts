/** Keeps the exit code that a command resolves to. */
export type Remember = (result: number | Promise<number>) => Promise<void>;
