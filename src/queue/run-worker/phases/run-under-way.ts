import type { Logger } from 'pino';
import type { AnyJob } from '../../../jobs/index.ts';
import type { WorkerContext } from '../../context.ts';
import type { SentRequest } from '../../messages/run-request.ts';
import type { RunJob } from '../../queues.ts';
import type { UserSource } from './user-source.ts';

/** A run under way, in the hands of this worker. */
export interface RunUnderWay {
  readonly context: WorkerContext;
  readonly maintenance: AnyJob;
  /** Its job on the queue of runs. */
  readonly run: RunJob;
  /** What was asked for. */
  readonly request: SentRequest;
  readonly users: UserSource;
  readonly log: Logger;
  readonly token: string | undefined;
  /** This worker is shutting down, or has lost the run. */
  readonly signal: AbortSignal | undefined;
  /** Nobody waits for the roster any more: because of that, or because the run is to stop. */
  readonly reading: AbortSignal;
}
