import { z } from 'zod';
import { OperatorError } from '../../domain/operator-error.ts';
import { type Origin, readRequest, type SentRequest } from './run-request.ts';

/** What only the record of a run says. In a message it is a claim, which nobody believes. */
const ownWords = ['run', 'origin', 'state'];

const Tick = z.strictObject({ origin: z.strictObject({ trigger: z.literal('schedule') }) });

/** What a message asks for, and who asks. */
export type Asked = SentRequest & { readonly origin: Origin };

/** What is looked at of a message on the queue of runs. */
interface Message {
  readonly name: string;
  readonly data: unknown;
  /** Of a tick, the schedule that it is of. */
  readonly repeatJobKey?: string | undefined;
}

/**
 * Reads what a message asks for: a tick of our schedule, which asks for nothing in particular, or whatever any producer
 * may ask.
 *
 * @throws ForeignRun when it claims to be a run
 * @throws UnusablePayload naming everything that is wrong with it
 */
export function readAsked({ name, data, repeatJobKey }: Message): Asked {
  if (repeatJobKey === name && Tick.safeParse(data).success) return { origin: { trigger: 'schedule' } };
  const isForeign = typeof data === 'object' && data !== null && ownWords.some((word) => word in data);
  if (isForeign) throw new ForeignRun(name);
  return { ...readRequest(data), origin: { trigger: 'queue' } };
}

/** A message that claims to be a run, and that nobody began. To try it again would not help. */
class ForeignRun extends OperatorError {
  override readonly name = 'ForeignRun';

  constructor(job: string) {
    super({
      problem: `This message for ${job} claims to be a run, and is none of the runs that this version of device-caretaker began.`,
      advice: `Start the run again if an older version began it; leave out ${ownWords.join(', ')} if another program sent it.`,
    });
  }
}

/** A message that another one of ours would have to wait for. */
export class HungOnRun extends OperatorError {
  override readonly name = 'HungOnRun';

  constructor() {
    super({
      problem: 'This message was sent as a part of a run, and a run has no parts but its own.',
      advice: 'Send it without a parent, or with one on a queue of your own.',
    });
  }
}
