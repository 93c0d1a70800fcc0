import { counted } from '../../../domain/quantities.ts';
import type { Report } from '../../../runs/report.ts';
import type { Overview } from '../overview.ts';
import { type Attention, look } from './attention.ts';

/** Whether it can be read whom a run came too late for: while it is held, and once it has ended. */
export function namesLate({ status }: Report['run']): boolean {
  return status !== 'running' && status !== 'skipped';
}

/** People and devices for whom the last run of a job came late, or without effect. */
export function people({ jobs }: Overview): Attention[] {
  return jobs.flatMap(({ open, last }) => {
    const report = open ?? last;
    if (!report) return [];
    const { late, atRisk, ineffective, run } = report;
    const whoIsLate = `The vendor had warned the ${late === 1 ? 'user' : 'users'} of ${counted(late, 'device')} before ${run.job} came.`;
    const risk = `${counted(atRisk, 'device')} will be reached only after the deadline: run ${run.job} more often, or raise the budget.`;
    const nothing = `${counted(ineffective, 'action')} of ${run.job} ${ineffective === 1 ? 'is' : 'are'} planned as if the run before had changed nothing: ask the vendor.`;
    return [
      ...(late > 0 ? [{ ...look('late people', whoIsLate), hasLatePlan: namesLate(run) }] : []),
      ...(atRisk > 0 ? [look('at risk', risk)] : []),
      ...(ineffective > 0 ? [look('without effect', nothing)] : []),
    ].map((one) => ({ ...one, run: run.id }));
  });
}
