import type { Config } from '../../config/config.ts';
import type { Queues } from '../../queue/queues.ts';
import { createRecorder, type Person, type Recorder } from '../../queue/records/recorder.ts';
import type { CommandContext } from '../context.ts';
import { readConfig, startLog } from './config.ts';
import { openQueuesNow, withRedisErrors } from './queues.ts';

/** Who does what this command does: `by`, or the user that the operating system knows. */
export function personAt({ account }: CommandContext, by: string | undefined): Person {
  return { by: by ?? account.user ?? null, from: { kind: 'command', host: account.host } };
}

/**
 * Opens the queues for a command that changes something in them, and what writes down who did.
 *
 * @param by who does it, where the command line says so
 * @throws RedisError within seconds when Redis does not answer, refuses, or cannot be trusted with the queues
 */
export async function withRecorder<T>(
  context: CommandContext,
  by: string | undefined,
  use: (queues: Queues, recorder: Recorder, person: Person, config: Config) => Promise<T>,
): Promise<T> {
  const config = readConfig(context, []);
  const log = startLog(context, config, 'errors');
  const queues = await openQueuesNow(config, log);
  const person = personAt(context, by);
  try {
    const recorder = createRecorder({ queues, config, log, now: context.now }, person);
    return await withRedisErrors(config, () => use(queues, recorder, person, config));
  } finally {
    await queues.close();
  }
}
