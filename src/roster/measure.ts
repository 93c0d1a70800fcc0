import { createHash } from 'node:crypto';

/** What a source of the roster gave, to be compared with the next time. */
export interface SourceMeasure {
  /** What messages call the source. */
  readonly name: string;
  readonly users: number;
  /** How many rows of the roster are its own, those without a name too; left out where they are not in one piece. */
  readonly rows?: number;
  /** Changes with any of its users, and with their order. */
  readonly fingerprint: string;
}

/** Counts what comes from a source, a part at a time. */
export interface Measuring {
  /** @param rows how many rows the part has, where some of them name nobody */
  add(part: string, users: number, rows?: number): void;
  /** What has come so far. */
  measure(): SourceMeasure;
}

/** @param name what messages call the source */
export function createMeasure(name: string): Measuring {
  const hash = createHash('sha256');
  let users = 0;
  let rows = 0;
  return {
    add(part, some, all = some) {
      users += some;
      rows += all;
      hash.update(part);
    },
    measure: () => ({ name, users, rows, fingerprint: hash.copy().digest('hex').slice(0, 16) }),
  };
}
