import type { Logger } from 'pino';
import type { VendorClients } from '../../clients/vendors.ts';
import type { Config } from '../../config/config.ts';
import { exitCodes } from '../../domain/exit-codes.ts';
import type { Vendor } from '../../domain/vendor.ts';
import type { WorkerContext } from '../../queue/context.ts';
import type { RunRequest } from '../../queue/messages/run-request.ts';
import { createLocalBudget } from '../../queue/vendors/local-budget.ts';
import { writePlan } from '../../runs/plan-files/plan-file.ts';
import type { CommandContext } from '../context.ts';
import { withRoster } from '../run/roster-source.ts';
import { makeRunRequest, requireJob } from '../run/run-request.ts';
import { withClients } from '../setup/clients.ts';
import { readConfig, startLog } from '../setup/config.ts';
import { warnOfPauses } from '../setup/pauses.ts';
import { showProgress } from '../terminal/progress.ts';
import { UsageError } from '../usage-error.ts';
import { checkDraft } from './check-draft.ts';
import { type Draft, draftPlan } from './draft-plan.ts';
import { openPlanOutput } from './plan-output.ts';
import { printPlan } from './print-plan.ts';
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
  const { vendor } = requireJob(readConfig(context, []), jobName);
  const config = readConfig(context, [vendor]);
  const writing = requireWritingJob(config, jobName);
  if (options.json && options.out === '-') {
    throw new UsageError('--json and --out - both write to standard output.', 'Name a file with --out.');
  }
  const log = startLog(context, config, 'errors').child({ job: jobName });
  await warnOfPauses(context, config, ['roster', vendor]);
  return withRoster(context, config, options.user, async (openRoster) => {
    const request = await makeRunRequest(context, config, options);
    const output = await openPlanOutput(context, options.out);
    try {
      const draft = await draftUntilStopped(context, options, {
        ...writing,
        config,
        request,
        openRoster,
        log,
      });
      if (!draft) {
        context.errors.write('caretaker: Planning was interrupted. No plan was written.\n');
        return exitCodes.stopped;
      }
      const checked = checkDraft(writing, request.users !== undefined, draft);
      const isWritten = checked.plan !== undefined && (await output.write(writePlan(checked.plan)));
      const { out: path, json = false } = options;
      const { planMaxAge: maxAge, timeZone } = config;
      return printPlan(context, draft, checked, { path, isWritten, json, maxAge, timeZone });
    } finally {
      await output.close();
    }
  });
}

interface Wanted extends WritingJob {
  readonly config: Config;
  readonly request: RunRequest;
  readonly openRoster: WorkerContext['openRoster'];
  readonly log: Logger;
}

/** The first signal stops the planning, which then comes to nothing; the second stops this process. */
function draftUntilStopped(
  context: CommandContext,
  { json = false }: PlanOptions,
  wanted: Wanted,
): Promise<Draft | undefined> {
  const { config } = wanted;
  const optionsOf = (vendor: Vendor) => {
    const budget = createLocalBudget(config[vendor]?.requestsPerSecond ?? 0);
    return budget ? { beforeRequest: budget } : {};
  };
  async function draftWith(clients: VendorClients): Promise<Draft | undefined> {
    const stop = new AbortController();
    const { signal } = stop;
    const unlisten = context.onStopSignal(() => {
      if (signal.aborted) context.exit(exitCodes.failures);
      stop.abort();
      // What is in flight would be waited for otherwise; how it ends does not matter any more.
      clients.destroy().catch(() => {});
    });
    const progress = showProgress(context, json);
    try {
      return await draftPlan({ ...wanted, clients, progress, now: context.now, signal });
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      progress.end();
      unlisten();
    }
  }
  return withClients(config, draftWith, { options: optionsOf });
}
