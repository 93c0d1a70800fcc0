import type { Roster } from './roster.ts';

/** A roster that is opened once, at its first reading, however often somebody opens it. */
export interface KeptRoster {
  /** Closing what this gives closes nothing. @throws as the opening, each time */
  open(signal?: AbortSignal): Promise<Roster>;
  close(): Promise<void>;
}

/** So all readings of a run see one roster, whatever takes its place at its path or at its server meanwhile. */
export function keepOpen(open: (signal?: AbortSignal) => Promise<Roster>): KeptRoster {
  let opened: Promise<Roster> | undefined;
  return {
    async open(signal) {
      opened ??= open(signal);
      return { ...(await opened), close: async () => {} };
    },
    async close() {
      const roster = await opened?.catch(() => undefined);
      await roster?.close();
    },
  };
}
