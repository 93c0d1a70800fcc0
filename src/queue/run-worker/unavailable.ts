import type { Unavailable } from '../../clients/vendors.ts';
import type { AnyJob } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import { dropCatchUp, orderCatchUp } from '../catch-up/catch-up.ts';
import type { WorkerContext } from '../context.ts';
import { namesUsers, type SentRequest } from '../messages/run-request.ts';
import type { RunJob } from '../queues.ts';
import { reportUnstarted } from './report.ts';

/**
 * Looks, before a run begins, whether its vendor can be asked at all. One that cannot is no failure: the run is skipped,
 * and where the schedule wanted it, it is caught up.
 *
 * @returns the report of a run that is skipped; undefined when it can begin
 */
export async function skipIfUnavailable(
  context: WorkerContext,
  maintenance: AnyJob,
  run: RunJob,
  request: SentRequest,
): Promise<Report | undefined> {
  const unavailable = await context.clients.availability(maintenance.vendor);
  if (unavailable) return skip(context, maintenance, { run, request, unavailable });
  // This run is what was to be caught up.
  if (!namesUsers(run.data)) await dropCatchUp(context.queues, run.name);
  return undefined;
}

async function skip(
  context: WorkerContext,
  { vendor, name }: AnyJob,
  skipped: { readonly run: RunJob; readonly request: SentRequest; readonly unavailable: Unavailable },
): Promise<Report> {
  const { run, request, unavailable } = skipped;
  const { origin, mode, requestedBy, reason: why = null } = request;
  const now = context.now();
  const trigger = origin?.trigger ?? 'queue';
  const isCaughtUp = trigger === 'schedule';
  if (isCaughtUp)
    await orderCatchUp(context, name, origin?.catchUp ?? now.toUTC().toISO() ?? '', unavailable);
  const next = isCaughtUp ? 'The run is caught up once it can be asked.' : 'Start the run again later.';
  const reason = `${unavailable.reason} ${next}`;
  context.log.warn({ run: run.id, job: name, trigger, reason }, 'run skipped');
  const at = now.toUTC().toISO();
  return reportUnstarted(
    vendor,
    {
      id: run.id ?? '',
      job: name,
      mode: mode ?? context.config.mode,
      trigger,
      requestedBy: requestedBy ?? null,
      startedAt: at,
      finishedAt: at,
      status: 'skipped',
      reason,
    },
    why,
  );
}
