import { DelayedError, type JobsOptions, RateLimitError, WaitingError } from 'bullmq';
import { VendorError } from '../../clients/errors/vendor-error.ts';
import type { BatchResult } from '../../runs/batch.ts';
import { hasFailures, type Report } from '../../runs/report.ts';
import { readBatchId } from '../messages/batch-id.ts';
import type { RunState } from '../messages/run-state.ts';
import type { Tracing } from '../tracing.ts';
import type { BatchJob } from './open-batch.ts';

/** What makes the batches of a run children of its span, also when they are tried again. */
export function batchContext(trace: string | undefined): Pick<JobsOptions, 'telemetry'> {
  return trace === undefined ? {} : { telemetry: { metadata: trace, omitContext: true } };
}

/** Writes down a run that has ended. */
export function traceRun(tracing: Tracing | undefined, { trace }: RunState, report: Report): void {
  if (!tracing || trace === undefined) return;
  const { id, job, mode, trigger, status, startedAt } = report.run;
  const { users, actions } = report;
  tracing.fill(trace, {
    name: `run ${job}`,
    startedAt: startedAt ?? '',
    facts: {
      'caretaker.run': id,
      'caretaker.job': job,
      'caretaker.mode': mode,
      'caretaker.trigger': trigger,
      'caretaker.status': status,
      'caretaker.users': users.selected,
      'caretaker.actions.planned': actions.planned,
      'caretaker.actions.applied': actions.applied,
      'error.type': status !== 'completed' ? status : hasFailures(report) ? 'failures' : undefined,
    },
  });
}

/** Works on a batch within a span of its own. */
export function traceBatch(
  tracing: Tracing | undefined,
  queueJob: BatchJob,
  work: () => Promise<BatchResult>,
): Promise<BatchResult> {
  if (!tracing) return work();
  const { phase = 'unknown', number, users, actions } = readBatchId(queueJob.id ?? '') ?? {};
  const facts = {
    'caretaker.run': queueJob.parent?.id,
    'caretaker.job': queueJob.name,
    'caretaker.batch.phase': phase,
    'caretaker.batch.number': number,
    'caretaker.batch.users': users,
    'caretaker.batch.actions': actions,
    'caretaker.batch.attempt': queueJob.attemptsMade + 1,
  };
  return tracing.span(`${phase} batch`, facts, async (tell) => {
    try {
      const result = await work();
      tell({ 'caretaker.batch.result': result.stopped === undefined ? 'done' : 'given-up' });
      return result;
    } catch (error) {
      tell(endOf(error));
      throw error;
    }
  });
}

/** How a batch ended that comes back. Handing it over is no failure. */
function endOf(error: unknown) {
  const handedOver = handOver(error);
  if (handedOver !== undefined) return { 'caretaker.batch.result': handedOver };
  const result = error instanceof VendorError ? 'retried' : 'failed';
  const type = error instanceof Error ? error.name : 'unknown';
  return { 'caretaker.batch.result': result, 'error.type': type };
}

function handOver(error: unknown): string | undefined {
  if (error instanceof WaitingError) return 'handed-back';
  if (error instanceof DelayedError) return 'put-off';
  if (error instanceof RateLimitError) return 'vendor-held';
  return undefined;
}
