import type { Config } from '../../config/config.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { createRecorder, HistoryUnavailable, type Recorder } from '../../queue/records/recorder.ts';
import { RedisError } from '../../redis/errors.ts';
import type { CommandContext } from '../context.ts';
import { startLog } from '../setup/config.ts';
import { openQueuesNow } from '../setup/queues.ts';
import { personAt } from '../setup/recorder.ts';
import type { WriteOptions } from './options.ts';

/** A write by hand that was not made, because it would have left no trace. */
class UnrecordedWrite extends OperatorError {
  override readonly name = 'UnrecordedWrite';

  constructor(cause: RedisError | HistoryUnavailable) {
    super({
      problem: `${cause.problem} This write was not made: it would leave no trace.`,
      advice: `${cause.advice} To write all the same, add --without-history: then only the log has a trace.`,
      exitCode: cause.exitCode,
      cause,
    });
  }
}

/**
 * Opens the history for a write by hand; with `withoutHistory` there is only the log.
 *
 * @throws UnrecordedWrite when Redis does not take the intent
 */
export async function withHandRecorder<T>(
  context: CommandContext,
  config: Config,
  { by, withoutHistory }: Pick<WriteOptions, 'by' | 'withoutHistory'>,
  use: (recorder: Recorder) => Promise<T>,
): Promise<T> {
  const log = startLog(context, config, 'errors');
  const create = (queues: Parameters<typeof createRecorder>[0]['queues']) =>
    createRecorder({ queues, config, log, now: context.now }, personAt(context, by));
  if (withoutHistory) return use(create(undefined));
  const queues = await openQueuesNow(config, log).catch(refuse);
  try {
    return await use(create(queues)).catch(refuse);
  } finally {
    await queues.close();
  }
}

function refuse(error: unknown): never {
  const isMissing = error instanceof RedisError || error instanceof HistoryUnavailable;
  throw isMissing ? new UnrecordedWrite(error) : error;
}
