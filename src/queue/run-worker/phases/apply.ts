import type { Action } from '../../../jobs/job.ts';
import { groupsNamedBy } from '../../../jobs/named-groups.ts';
import { cutBlock } from '../../../runs/batch-sizes.ts';
import { onlyCounted } from '../../../runs/only-counted.ts';
import { planFromRoster } from '../../../runs/roster-plan.ts';
import { applyBatches, canarySize } from '../../../runs/soonest-first.ts';
import { finishedBatches } from '../../batch-worker/batch-results.ts';
import { handBack, type NewBatch } from '../../batch-worker/fan-out.ts';
import { batchText } from '../../messages/batch-data.ts';
import { firstWrites, type RunState } from '../../messages/run-state.ts';
import { toActionTuple } from '../../messages/tuples.ts';
import { addBatches } from './add-batches.ts';
import { guarded } from './guarded.ts';
import { rosterContext } from './roster-context.ts';
import type { RunUnderWay } from './run-under-way.ts';
import { newUserCount } from './user-count.ts';
import { readUsers, textOf } from './users.ts';

/** Puts what passed the gate into batches, the soonest deadline first: the canary, or what it left. */
export async function apply(under: RunUnderWay, state: RunState): Promise<RunState> {
  const fromVendor = under.maintenance.plansFrom === 'vendor';
  const ending = await guarded(under, async () => {
    // Between the plan and its approval lie hours: nothing is written unless the roster is still the one approved. And
    // where an older version counted, only the whole can be compared.
    if (!fromVendor && (state.hold || !state.marks)) await drain(rosterActions(under, state));
    const phase = state.phase === 'canary' ? 'canary' : 'apply';
    await addBatches(
      under,
      state,
      phase,
      fromVendor ? plannedActions(under, state) : rosterActions(under, state),
    );
  });
  return { ...state, ...ending, fannedOut: true };
}

async function* plannedActions(under: RunUnderWay, state: RunState): AsyncGenerator<NewBatch> {
  const { batchSize, planned } = state;
  const phase = state.phase === 'canary' ? 'canary' : 'apply';
  const canary = firstWrites(under.maintenance, state) === 'canary' ? canarySize(planned) : 0;
  const writing = { phase, canary, planned, batchSize } as const;
  for await (const actions of applyBatches(actionsOf(under), writing, under.context.sort)) {
    const text = batchText({ actions: actions.map(toActionTuple) });
    yield { text, users: 0, actions: actions.length };
  }
}

/** The plan of a run, a batch at a time in no order. @throws WaitingError when this worker shuts down meanwhile */
async function* actionsOf({ run, token, signal }: RunUnderWay): AsyncGenerator<readonly Action[]> {
  for await (const { id, result } of finishedBatches(run)) {
    if (signal?.aborted) await handBack(run, token);
    if (id.phase !== 'plan' || !result.actions) continue;
    // The plan keeps when a device was last used; whoever writes does not need it.
    yield result.actions.map(({ lastUsed: _, ...action }) => action);
  }
}

async function* rosterActions(under: RunUnderWay, state: RunState): AsyncGenerator<NewBatch> {
  const count = newUserCount();
  const context = rosterContext(under, state);
  const groups = groupsNamedBy(under.maintenance, state.policy);
  const isKnown = state.roster.rejected === 0;
  const reading = { asOf: context.now, isKnown, signal: under.reading, groups };
  const blocks = readUsers(under.users, state.batchSize, count, reading);
  let left = state.selected;
  for await (const block of onlyCounted(blocks, count, state)) {
    for (const users of cutBlock(block.users, left)) {
      const { actions } = await planFromRoster(under.maintenance, users, context);
      const { text, fingerprint } = users === block.users ? block : textOf(users);
      yield { text, fingerprint, users: users.length, actions: actions.length };
    }
    left -= block.users.length;
  }
}

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}
