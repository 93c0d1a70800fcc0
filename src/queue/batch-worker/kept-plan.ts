import { findJob } from '../../jobs/index.ts';
import type { Action } from '../../jobs/job.ts';
import type { Report } from '../../runs/report.ts';
import { compareActions } from '../../runs/soonest-first.ts';
import { emptyTally } from '../../runs/tally.ts';
import type { WorkerContext } from '../context.ts';
import { batchText } from '../messages/batch-data.ts';
import { batchId, fingerprintOf } from '../messages/batch-id.ts';
import { toBatchReturn } from '../messages/batch-return.ts';
import { sealOf } from '../messages/run-state.ts';
import { toActionTuple } from '../messages/tuples.ts';
import type { RunJob } from '../queues.ts';
import { finishedBatches, type LastBatch } from './batch-results.ts';

/*
 * A run that only observed is read by people: to whom would it have done what, and why? Of one that wrote they ask for whom
 * it came too late. So the beginning of that stays with the run, as one batch in the place of those that made it. BullMQ
 * removes it with the run.
 */

/**
 * What is to be kept of the plan of a run that is about to end; undefined when that is nothing. A job that plans from the
 * roster keeps none: its plan follows from the roster.
 */
export async function planToKeep(
  { config: { keepPlanned }, queues }: Pick<WorkerContext, 'config' | 'queues'>,
  run: RunJob,
  { run: { id: runId, mode, job }, users, actions: { planned }, late }: Report,
): Promise<LastBatch | undefined> {
  const maintenance = findJob(job);
  // A request that waited for its run has the report of that.
  if (runId !== run.id) return undefined;
  if (maintenance?.plansFrom !== 'vendor') return undefined;
  const onlyLate = mode === 'enforce';
  if ((onlyLate ? late : planned) === 0 || keepPlanned === 0) return undefined;
  const actions = await soonest(run, keepPlanned, onlyLate);
  const fingerprint = fingerprintOf(batchText({ actions: actions.map(toActionTuple) }));
  const owner = { id: runId, job: run.name, seal: sealOf(run.data) };
  const id = batchId(owner, { phase: 'plan', number: 0, users: users.selected, actions: 0, fingerprint });
  const key = queues.vendors[maintenance.vendor].toKey(id);
  return { key, result: toBatchReturn({ tally: emptyTally(), actions }) };
}

async function soonest(run: RunJob, count: number, onlyLate: boolean): Promise<readonly Action[]> {
  let found: Action[] = [];
  for await (const { id, result } of finishedBatches(run)) {
    if (id.phase !== 'plan' || !result.actions) continue;
    found.push(...(onlyLate ? result.actions.filter(({ late }) => late) : result.actions));
    if (found.length >= 2 * count) found = found.sort(compareActions).slice(0, count);
  }
  return found.sort(compareActions).slice(0, count);
}
