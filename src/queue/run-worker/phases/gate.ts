import { DateTime } from 'luxon';
import { groupsNamedBy } from '../../../jobs/named-groups.ts';
import { gate } from '../../../runs/gate.ts';
import { createMarks } from '../../../runs/only-counted.ts';
import { planFromRoster } from '../../../runs/roster-plan.ts';
import { addCounts } from '../../../runs/tally.ts';
import { sumBatches } from '../../batch-worker/batch-results.ts';
import { firstWrites, type RunState } from '../../messages/run-state.ts';
import { readBaseline } from '../../records/baseline.ts';
import { compareSources } from '../../records/source-measures.ts';
import { stopReason } from '../../stop-run.ts';
import { createForecast } from './forecast.ts';
import { guarded } from './guarded.ts';
import { rosterContext } from './roster-context.ts';
import type { RunUnderWay } from './run-under-way.ts';
import { counts, newUserCount } from './user-count.ts';
import { readUsers } from './users.ts';

/** Counts what is planned and decides whether it may be written: go on, ask a person, or stop. */
export async function passGate(under: RunUnderWay, state: RunState): Promise<RunState> {
  const { context, maintenance, run, request } = under;
  if (state.ending || stopReason(run) !== undefined) return { ...state, phase: 'report' };
  const { planned, failed } = await countPlan(under, state);
  if (planned.ending) return { ...planned, phase: 'report' };

  // Runs over named users are no measure of the whole roster, and the whole roster none of them.
  const named = request.users !== undefined;
  const baseline = named
    ? undefined
    : await readBaseline(context.queues, maintenance.name, state.mode, state.history);
  const roster = await rosterFacts(under, planned);
  const facts = { ...planned, ...roster, failed, named, ...(baseline ? { baseline } : {}) };
  const verdict = gate(facts, state.limits, maintenance.name);
  if (verdict.decision === 'pass') {
    const writes = state.mode === 'enforce' && maintenance.apply !== undefined && planned.planned > 0;
    return { ...planned, phase: writes ? firstWrites(maintenance, state) : 'report', fannedOut: false };
  }
  const { decision, reason } = verdict;
  if (state.mode === 'observe' && planned.selected > 0) {
    const told = `in enforce this run would be ${decision === 'hold' ? 'held' : 'stopped'}: ${reason}`;
    return { ...planned, phase: 'report', ending: { status: 'completed', reason: told } };
  }
  if (decision === 'stop') return { ...planned, phase: 'report', ending: { status: 'stopped', reason } };
  const until = isoOf(context.now().plus(context.config.holdFor));
  return { ...planned, phase: 'held', hold: { reason, until } };
}

async function countPlan(
  under: RunUnderWay,
  state: RunState,
): Promise<{ planned: RunState; failed: number }> {
  if (under.maintenance.plansFrom === 'roster')
    return { planned: await countRoster(under, state), failed: 0 };
  const forecast = await createForecast(under);
  const { tally } = await sumBatches(under.run, forecast.see);
  const counted = { ...state, planned: tally.actions.planned, touched: tally.touched };
  const planned = { ...counted, ...forecast.tell(counted, tally.requests) };
  return { planned, failed: tally.users.failed + tally.users.notReached + tally.unreadable };
}

async function countRoster(under: RunUnderWay, state: RunState): Promise<RunState> {
  const { users, log, reading: signal } = under;
  const count = newUserCount();
  const kept: Record<string, number> = {};
  let planned = 0;
  let touched = 0;
  const planning = rosterContext(under, state);
  const groups = groupsNamedBy(under.maintenance, state.policy);
  const reading = { asOf: planning.now, log, signal, groups };
  const { marks, note } = createMarks(state.batchSize);
  const ending = await guarded(under, async () => {
    for await (const { users: some } of readUsers(users, state.batchSize, count, reading)) {
      note(count);
      const found = await planFromRoster(under.maintenance, some, planning);
      planned += found.actions.length;
      touched += found.perUser.filter((actions) => actions > 0).length;
      addCounts(kept, found.kept);
    }
  });
  const { fingerprint } = count;
  return { ...state, ...counts(count), ...ending, fingerprint, marks, planned, touched, kept };
}

/** What its sources gave before, and how old it is. */
async function rosterFacts(
  { context }: RunUnderWay,
  { sources = [], writtenAt, missingGroups = [] }: RunState,
) {
  const { rosterMaxAge: limit } = context.config;
  const compared = { sources: await compareSources(context.queues, sources), missingGroups };
  if (writtenAt === undefined || limit === undefined) return compared;
  return { ...compared, age: { ageMs: context.now().diff(DateTime.fromISO(writtenAt)).toMillis(), limit } };
}

function isoOf(moment: DateTime): string {
  return moment.toUTC().toISO() ?? '';
}
