import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { auditName } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import { type AliveWorker, aliveWorkers } from '../alive-workers.ts';
import type { Queues } from '../queues.ts';
import type { NewFindings } from '../records/findings.ts';
import { readLastRun } from '../records/last-run.ts';
import { recentRuns } from '../run-worker/reports/find-report.ts';
import { type JobState, jobStates } from './job-states.ts';
import { type RosterState, rosterState } from './roster-state.ts';
import { type VendorState, vendorStates } from './vendor-states.ts';

/** How everything is, and how it was since yesterday. */
export interface Overview {
  readonly jobs: readonly JobState[];
  readonly vendors: readonly VendorState[];
  readonly roster: RosterState;
  /** Processes with workers; undefined where this Redis does not list its clients. */
  readonly workers: readonly AliveWorker[] | undefined;
  /** Runs that ended within the last day, the newest first. */
  readonly lastDay: readonly Report[];
  /** Of the last audit: what the one before it did not find. */
  readonly newFindings: NewFindings;
}

/** How many runs back is looked. */
const lookedThrough = 300;

/** Looks at everything that concerns a person at the beginning of a day. */
export async function overview(queues: Queues, config: Config, now: DateTime): Promise<Overview> {
  const named = new Set<string>();
  const reports = await recentRuns(queues.runs, lookedThrough, ({ run }, isNamed) => {
    if (isNamed) named.add(run.id);
    return true;
  });
  const [jobs, vendors, roster, workers, lastAudit] = await Promise.all([
    jobStates(queues, { config, now, reports, named }),
    vendorStates(queues, config, reports),
    rosterState(queues, config, now),
    aliveWorkers(queues).catch(() => undefined),
    readLastRun(queues, auditName),
  ]);
  const since = now.minus({ hours: 24 }).toMillis();
  return {
    jobs,
    vendors,
    roster,
    workers,
    lastDay: reports.filter(({ run }) => run.finishedAt !== null && Date.parse(run.finishedAt) >= since),
    newFindings: lastAudit?.newFindings ?? {},
  };
}
