import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import type { Crew } from '../../queue/context.ts';
import type { RunRequest } from '../../queue/messages/payloads.ts';
import { openLocalBudget } from '../../queue/vendors/local-budget.ts';
import { writePlan } from '../../runs/plan-file.ts';
import { type Door, exitCodes, UsageError } from '../context.ts';
import { withRoster } from '../run/roster-source.ts';
import { requestOf } from '../run/run-request.ts';
import { readConfig, startLog } from '../setup/config.ts';
import { openClients } from '../setup/worker-context.ts';
import { showProgress } from '../terminal/progress.ts';
import { judgeDraft } from './check-draft.ts';
import { draftPlan } from './draft-plan.ts';
import { openPlanOutput } from './plan-output.ts';
import { answerPlan } from './print-plan.ts';
import { requireWritingJob, type WritingJob } from './writing-job.ts';

interface PlanOptions {
  /** A path, or `-` for standard output. */
  readonly out: string;
  readonly user?: readonly string[];
  readonly json?: boolean;
}

/** `caretaker plan <job>`: writes what a run would do to a file. Needs no Redis, and writes nothing at the vendor. */
export async function planJob(door: Door, jobName: string, options: PlanOptions): Promise<number> {
  const config = readConfig(door);
  const writing = requireWritingJob(config, jobName);
  if (options.json && options.out === '-') {
    throw new UsageError('--json and --out - both want standard output; name a file.');
  }
  const log = startLog(door, config, 'errors').child({ job: jobName });
  return withRoster(door, config, options.user, async (openRoster) => {
    const request = await requestOf(door, config, options);
    const output = await openPlanOutput(door, options.out);
    try {
      const draft = await draftUntilStopped(door, config, options, { ...writing, request, openRoster, log });
      if (!draft) {
        door.errors.write('caretaker: The planning was interrupted; no plan was written.\n');
        return exitCodes.stopped;
      }
      const judged = judgeDraft(writing, request.users !== undefined, draft);
      if (judged.plan) await output.write(writePlan(judged.plan));
      const place = { place: options.out, json: options.json ?? false };
      return answerPlan(door, place, config.planMaxAge, draft, judged);
    } finally {
      await output.close();
    }
  });
}

interface Wanted extends WritingJob {
  readonly request: RunRequest;
  readonly openRoster: Crew['openRoster'];
  readonly log: Logger;
}

/** The first signal stops the planning, which then comes to nothing; the second stops this process. */
async function draftUntilStopped(door: Door, config: Config, options: PlanOptions, wanted: Wanted) {
  const clients = openClients(config, wanted.job.vendor, (vendor) => {
    const budget = openLocalBudget(config[vendor]?.requestsPerSecond ?? 0);
    return budget ? { beforeRequest: budget } : {};
  });
  const stop = new AbortController();
  const { signal } = stop;
  const unlisten = door.onStopSignal(() => {
    if (signal.aborted) door.exit(exitCodes.failures);
    stop.abort();
    // What is in flight would be waited for otherwise; how it ends does not matter any more.
    clients.destroy().catch(() => {});
  });
  const progress = showProgress(door, options.json ?? false);
  try {
    return await draftPlan({ ...wanted, config, clients, progress, now: door.now, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    progress.end();
    unlisten();
    await clients.destroy();
  }
}
