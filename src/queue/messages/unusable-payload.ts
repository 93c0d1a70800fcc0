import { OperatorError } from '../../domain/operator-error.ts';

/** A payload that is not ours. To try it again would not help. */
export class UnusablePayload extends OperatorError {
  override readonly name = 'UnusablePayload';

  constructor(of: 'run' | 'batch', why: string) {
    const advice = of === 'run' ? 'Send it as docs/queue-contract.md describes it.' : 'Start the run again.';
    super({ problem: `The payload of this ${of} cannot be used: ${why}.`, advice });
  }
}
