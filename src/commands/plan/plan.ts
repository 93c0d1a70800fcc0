import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import { exitCodes } from '../../domain/exit-codes.ts';
import type { WorkerContext } from '../../queue/context.ts';
import type { RunRequest } from '../../queue/messages/payloads.ts';
import { createLocalBudget } from '../../queue/vendors/local-budget.ts';
import { writePlan } from '../../runs/plan-file.ts';
import { type CommandContext, UsageError } from '../context.ts';
import { withRoster } from '../run/roster-source.ts';
import { requestOf } from '../run/run-request.ts';
import { readConfig, startLog } from '../setup/config.ts';
import { openClients } from '../setup/worker-context.ts';
import { showProgress } from '../terminal/progress.ts';
import { checkDraft } from './check-draft.ts';
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
export async function planJob(
  context: CommandContext,
  jobName: string,
  options: PlanOptions,
): Promise<number> {
  const config = readConfig(context);
  const writing = requireWritingJob(config, jobName);
  if (options.json && options.out === '-') {
    throw new UsageError('--json and --out - both want standard output; name a file.');
  }
  const log = startLog(context, config, 'errors').child({ job: jobName });
  return withRoster(context, config, options.user, async (openRoster) => {
    const request = await requestOf(context, config, options);
    const output = await openPlanOutput(context, options.out);
    try {
      const draft = await draftUntilStopped(context, config, options, {
        ...writing,
        request,
        openRoster,
        log,
      });
      if (!draft) {
        context.errors.write('caretaker: The planning was interrupted; no plan was written.\n');
        return exitCodes.stopped;
      }
      const checked = checkDraft(writing, request.users !== undefined, draft);
      if (checked.plan) await output.write(writePlan(checked.plan));
      const place = { place: options.out, json: options.json ?? false };
      return answerPlan(context, place, config.planMaxAge, draft, checked);
    } finally {
      await output.close();
    }
  });
}

interface Wanted extends WritingJob {
  readonly request: RunRequest;
  readonly openRoster: WorkerContext['openRoster'];
  readonly log: Logger;
}

/** The first signal stops the planning, which then comes to nothing; the second stops this process. */
async function draftUntilStopped(
  context: CommandContext,
  config: Config,
  options: PlanOptions,
  wanted: Wanted,
) {
  const clients = openClients(config, wanted.job.vendor, (vendor) => {
    const budget = createLocalBudget(config[vendor]?.requestsPerSecond ?? 0);
    return budget ? { beforeRequest: budget } : {};
  });
  const stop = new AbortController();
  const { signal } = stop;
  const unlisten = context.onStopSignal(() => {
    if (signal.aborted) context.exit(exitCodes.failures);
    stop.abort();
    // What is in flight would be waited for otherwise; how it ends does not matter any more.
    clients.destroy().catch(() => {});
  });
  const progress = showProgress(context, options.json ?? false);
  try {
    return await draftPlan({ ...wanted, config, clients, progress, now: context.now, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    progress.end();
    unlisten();
    await clients.destroy();
  }
}
