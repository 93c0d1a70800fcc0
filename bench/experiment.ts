import type { Fixture } from './fixture.ts';
import type { Result } from './result.ts';

/** One question to the program, answered by measuring. */
export interface Experiment {
  readonly name: string;
  measure(fixture: Fixture, options: ExperimentOptions): Promise<Result>;
}

export interface ExperimentOptions {
  /** Small and once: to see that it works, not to believe the figures. */
  readonly quick: boolean;
  /** Tells how far it is. */
  readonly tell: (line: string) => void;
}
