import type { Config } from '../../config/config.ts';
import { checkPlan } from '../../runs/check-plan-file.ts';
import { type PlanFile, PlanFileError, readPlan } from '../../runs/plan-file.ts';
import { type Door, UsageError } from '../context.ts';
import { workOnOwnRun } from '../run/run-in-process.ts';
import { readConfig, startLog } from '../setup/config.ts';
import { readPlanText } from './plan-output.ts';
import { requireWritingJob } from './writing-job.ts';

interface ApplyOptions {
  readonly requestedBy?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** `caretaker apply <file>`: a run in enforce that does exactly what the file says, each device being read again first. */
export async function applyPlan(door: Door, place: string, options: ApplyOptions): Promise<number> {
  const config = readConfig(door);
  const plan = await fittingPlan(door, config, place);
  const { job, named, users = [], plannedAt, selected, fingerprint } = plan;
  const log = startLog(door, config, 'errors');
  const { requestedBy, reason, json = false } = options;
  if (!json) {
    door.errors.write(`applying in enforce: ${job} as planned at ${plannedAt} for ${selected} users\n`);
  }
  const request = {
    mode: 'enforce' as const,
    ...(named ? { users: [...users] } : {}),
    ...(requestedBy ? { requestedBy } : {}),
    ...(reason ? { reason } : {}),
  };
  log.info({ job, plannedAt, fingerprint }, 'plan accepted');
  return workOnOwnRun(door, config, log, { job, request, plan }, json);
}

async function fittingPlan(door: Door, config: Config, place: string): Promise<PlanFile> {
  const name = place === '-' ? 'on standard input' : place;
  const text = await readPlanText(door, place);
  try {
    const plan = readPlan(text, name);
    const { job, jobConfig, address } = requireWritingJob(config, plan.job);
    const { policyTexts } = jobConfig;
    checkPlan(plan, name, { job, address, policyTexts, now: door.now(), maxAge: config.planMaxAge });
    return plan;
  } catch (error) {
    throw error instanceof PlanFileError ? new UsageError(error.message) : error;
  }
}
