import { UnrecoverableError } from 'bullmq';
import type { Report } from '../../../runs/report.ts';
import { catchUpDue, isCatchUp } from '../../catch-up/catch-up.ts';
import type { WorkerContext } from '../../context.ts';
import { cutLoose, hangsOnOurs } from '../../cut-loose.ts';
import { type LeavingHelpers, leaveToRightClock, notOurs } from '../../left-to-others/leave-run.ts';
import { putBack } from '../../left-to-others/put-back.ts';
import { reasonIfOff } from '../../left-to-others/switched-off.ts';
import { type Asked, HungOnRun, readAsked } from '../../messages/asked.ts';
import type { RunJob } from '../../queues.ts';
import { startedBy } from '../../records/runs/run-of-request.ts';
import { readable, unrecoverable } from '../../unrecoverable.ts';
import { isForUs } from './is-for-us.ts';
import { knownJob } from './known-job.ts';
import { startRequestedRun } from './run-requests.ts';

/** A message, or a tick: it asks for a run, and is none. */
export async function answerRequest(
  { context, waitNotes }: LeavingHelpers,
  queueJob: RunJob,
  token: string | undefined,
): Promise<Report | null> {
  if (hangsOnOurs(context.queues, queueJob)) {
    await cutLoose(queueJob);
    throw unrecoverable(new HungOnRun());
  }
  const asked = await askedBy(context, queueJob);
  // An order that another one has taken the place of.
  if (!asked) return null;
  const maintenance = knownJob(queueJob.name);
  const off = reasonIfOff(context.config, queueJob.name);
  if (off) throw new UnrecoverableError(off);
  if (!(await isForUs(context, queueJob, asked))) return putBack(context, queueJob, token, notOurs);
  const isBegun = asked.origin.trigger === 'schedule' || startedBy(queueJob) !== undefined;
  if (isBegun) await leaveToRightClock({ context, waitNotes }, queueJob, token);
  return startRequestedRun({ context, maintenance, queueJob, token }, asked);
}

/** What a message asks for; undefined for one that was to catch a run up and is no longer needed. */
async function askedBy({ queues }: WorkerContext, queueJob: RunJob): Promise<Asked | undefined> {
  if (!isCatchUp(queueJob)) return readable(() => readAsked(queueJob));
  const catchUp = await catchUpDue(queues, queueJob);
  return catchUp === undefined ? undefined : { origin: { trigger: 'schedule', catchUp } };
}
