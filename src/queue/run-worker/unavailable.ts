import type { Unavailable } from '../../clients/vendors.ts';
import type { AnyJob } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import { dropCatchUp, orderCatchUp } from '../catch-up/catch-up.ts';
import type { WorkerContext } from '../context.ts';
import { namesUsers, type SentRequest } from '../messages/run-request.ts';
import type { RunJob } from '../queues.ts';
import { findPause } from '../records/find-pause.ts';
import { isPaused } from '../records/pauses.ts';
import { userSource } from './phases/user-source.ts';
import { reportUnstarted } from './reports/report.ts';
import { reportSkipped } from './requests/report-skipped.ts';

/**
 * Looks, before a run begins, whether its roster may be read and its vendor can be asked at all. Where that is not so, it is
 * no failure: the run is skipped, and where the vendor is away and the schedule wanted it, it is caught up.
 *
 * @returns the report of a run that is skipped; undefined when it can begin
 */
export async function skipIfUnavailable(
  context: WorkerContext,
  maintenance: AnyJob,
  run: RunJob,
  request: SentRequest,
): Promise<Report | undefined> {
  const closed = await closedRoster(context, request);
  if (closed !== undefined) {
    const { origin = { trigger: 'queue' } } = request;
    return reportSkipped(context, maintenance, run, { ...request, origin: { ...origin, skipped: closed } });
  }
  // A vendor that is paused is left alone: the batches of the run wait for it.
  const isVendorPaused = await isPaused(context.queues, [maintenance.vendor]);
  const unavailable = isVendorPaused ? undefined : await context.clients.availability(maintenance.vendor);
  if (unavailable) return skip(context, maintenance, { run, request, unavailable });
  // This run is what was to be caught up.
  if (!namesUsers(run.data)) await dropCatchUp(context.queues, run.name);
  return undefined;
}

/** Why the roster of a run is not read: it is read from a vendor that somebody paused. */
async function closedRoster(context: WorkerContext, request: SentRequest): Promise<string | undefined> {
  if (userSource(context, request).kind !== 'roster') return undefined;
  const { queues, config, rosterVendor } = context;
  const pause = await findPause(queues, { whats: [], rosterVendor }, config.timeZone);
  return pause && `${pause.problem} ${pause.advice}`;
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
