import type { AnyJob } from '../../../jobs/index.ts';
import type { Report } from '../../../runs/report.ts';
import type { WorkerContext } from '../../context.ts';
import type { SentRequest } from '../../messages/run-request.ts';
import type { RunJob } from '../../queues.ts';
import { reportUnstarted } from '../reports/report.ts';

/** The report of what does not begin; `origin.skipped` says why. */
export function reportSkipped(
  context: WorkerContext,
  maintenance: AnyJob,
  queueJob: RunJob,
  request: SentRequest,
): Report {
  const facts = requestFacts(context, queueJob, request);
  const reason = request.origin?.skipped ?? null;
  context.log.warn({ job: facts.job, trigger: facts.trigger, reason }, 'run skipped');
  const at = context.now().toUTC().toISO();
  return reportUnstarted(
    maintenance.vendor,
    { ...facts, startedAt: at, finishedAt: at, status: 'skipped', reason },
    request.reason ?? null,
  );
}

/** What the report of a request says of it, before a run has come of it. */
export function requestFacts({ config }: WorkerContext, queueJob: RunJob, request: SentRequest) {
  return {
    id: queueJob.id ?? '',
    job: queueJob.name,
    mode: request.mode ?? config.mode,
    trigger: request.origin?.trigger ?? ('queue' as const),
    requestedBy: request.requestedBy ?? null,
  };
}
