import type { Mode } from '../config/config.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { OperatorError } from '../domain/operator-error.ts';

/** What a process may write. Its mode is a ceiling: nothing that reaches it from elsewhere raises that. */
export interface Ceiling {
  readonly mode: Mode;
  /** The run for which the command line lifted it, and nothing else. */
  readonly liftedFor?: string | undefined;
}

/** Whether a process may write for a run. */
export function mayWriteFor({ mode, liftedFor }: Ceiling, runId: string): boolean {
  return mode === 'enforce' || liftedFor === runId;
}

/** A write that this process may not make. Nothing was sent. */
export class WriteForbidden extends OperatorError {
  override readonly name = 'WriteForbidden';

  constructor(runId: string) {
    super({
      problem: `This process only observes (CARETAKER_MODE=observe), and may not write for ${runId}.`,
      advice: 'Leave it to a process in enforce, or start one: CARETAKER_MODE=enforce.',
      exitCode: exitCodes.failures,
    });
  }
}
