import type { Config } from '../../config/config.ts';
import { timeIn } from '../../domain/shown-time.ts';
import { checkPlan } from '../../runs/plan-files/check-plan-file.ts';
import { type PlanFile, readPlan } from '../../runs/plan-files/plan-file.ts';
import type { CommandContext } from '../context.ts';
import { runInProcess } from '../run/run-in-process.ts';
import { requireJob } from '../run/run-request.ts';
import { readConfig, startLog, warnOfAssumptions } from '../setup/config.ts';
import { UsageError } from '../usage-error.ts';
import { readPlanText } from './plan-output.ts';
import { requireWritingJob } from './writing-job.ts';

interface ApplyOptions {
  readonly mode?: 'enforce';
  readonly requestedBy?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** `caretaker apply <file>`: a run in enforce, where that is allowed, that does exactly what the file says, each device being read again first. */
export async function applyPlan(
  context: CommandContext,
  path: string,
  options: ApplyOptions,
): Promise<number> {
  const ownConfig = readConfig(context, []);
  requireEnforce(ownConfig, options.mode);
  const name = path === '-' ? 'on standard input' : path;
  const plan = readPlan(await readPlanText(context, path), name);
  const config = readConfig(context, [requireJob(ownConfig, plan.job).vendor]);
  refuseUnfitting(context, config, { name, plan });
  const { job, named, users = [], plannedAt, selected, fingerprint } = plan;
  const log = startLog(context, config, 'errors');
  warnOfAssumptions(log, config, 'enforce', [job]);
  const { requestedBy = context.account.user, reason, json = false } = options;
  if (!json) {
    const at = timeIn(config.timeZone, plannedAt);
    context.errors.write(`applying in enforce: ${job} as planned at ${at} for ${selected} users\n`);
  }
  const request = {
    mode: 'enforce' as const,
    ...(named ? { users: [...users] } : {}),
    ...(requestedBy ? { requestedBy } : {}),
    ...(reason ? { reason } : {}),
  };
  log.info({ job, plannedAt, fingerprint }, 'plan accepted');
  return runInProcess(context, { config, log, job, request, plan, json });
}

/** A plan says what is to be written, not that this process may. @throws UsageError */
function requireEnforce(config: Config, mode: ApplyOptions['mode']): void {
  if (config.mode === 'enforce' || mode === 'enforce') return;
  throw new UsageError(
    'This process only observes (CARETAKER_MODE=observe), and to apply a plan is to write.',
    'Add --mode enforce, or set CARETAKER_MODE=enforce.',
  );
}

/** @throws UsageError when its job cannot be run, PlanFileError when it is not what would be planned now */
function refuseUnfitting(
  context: CommandContext,
  config: Config,
  { name, plan }: { readonly name: string; readonly plan: PlanFile },
): void {
  const { job, jobConfig, address } = requireWritingJob(config, plan.job);
  const { policyTexts } = jobConfig;
  const now = context.now().setZone(config.timeZone);
  checkPlan(plan, name, { job, address, policyTexts, now, maxAge: config.planMaxAge });
}
