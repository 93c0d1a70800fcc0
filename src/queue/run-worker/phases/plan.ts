import { groupsNamedBy } from '../../../jobs/named-groups.ts';
import type { NewBatch } from '../../batch-worker/fan-out.ts';
import type { RunState } from '../../messages/run-state.ts';
import { outlooksOf } from '../../outlooks/outlooks.ts';
import { readBaseline } from '../../records/baseline.ts';
import { addBatches } from './add-batches.ts';
import { filedBatches } from './filed-plan.ts';
import { guarded } from './guarded.ts';
import { plannedAt } from './roster-context.ts';
import type { RunUnderWay } from './run-under-way.ts';
import { counts, newUserCount } from './user-count.ts';
import { readUsers } from './users.ts';

/** Streams the users into plan batches. */
export async function plan(under: RunUnderWay, state: RunState): Promise<RunState> {
  const { maintenance, users, log, reading: signal } = under;
  if (users.kind === 'plan') {
    const { roster, selected, missingGroups } = users.plan;
    const batches = filedBatches(users.plan, state.batchSize);
    const ending = await guarded(under, () => addBatches(under, state, 'plan', batches));
    const missing = missingGroups === undefined ? {} : { missingGroups };
    return { ...state, roster, selected, ...missing, ...ending, fannedOut: true };
  }
  if (users.kind === 'roster') await forgetOtherTerms(under, state);
  const count = newUserCount();
  const byAssociate = maintenance.vendor === 'superoffice';
  const groups = groupsNamedBy(maintenance, state.policy);
  const reading = { asOf: plannedAt(state), log, signal, byAssociate, groups };
  async function* batches(): AsyncGenerator<NewBatch> {
    for await (const { users: some, ...batch } of readUsers(users, state.batchSize, count, reading)) {
      yield { ...batch, users: some.length, actions: 0 };
    }
  }
  const ending = await guarded(under, () => addBatches(under, state, 'plan', batches()));
  return { ...state, ...counts(count), ...ending, fannedOut: true };
}

const hoursOfDay = 24;

/** What was seen under another policy says nothing of whom this run has to ask. */
async function forgetOtherTerms({ context, maintenance, log }: RunUnderWay, state: RunState): Promise<void> {
  const outlooks = outlooksOf(context, maintenance, state.policy);
  if (!outlooks) return;
  const usual = await readBaseline(context.queues, maintenance.name, state.mode, state.history);
  const newAfterHours = await outlooks.begin(usual?.selected, context.now());
  if (newAfterHours === undefined) return;
  // Whoever set a longer wait is to know that a device of somebody makes it shorter, or useless.
  if (newAfterHours <= hoursOfDay) log.warn({ newAfterHours }, 'a new device is due too soon to ask less');
  else log.info({ newAfterHours }, 'users need not be asked before a new device is due');
}
