import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countWindows } from '../../../simulators/control/facts.ts';
import type { Report } from '../../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';

const users = 2000;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());
beforeEach(() => {
  endToEnd.simulators.reset();
  endToEnd.simulators.pointsharp.traffic.reset();
  endToEnd.simulators.superoffice.traffic.reset();
});

/** What became of every window, as a count by person and state. */
function windowsByPerson() {
  const { world } = endToEnd.simulators.pointsharp;
  return new Map(
    [...world.people.all()].map((person) => [person, world.windows(person).map(({ state }) => state)]),
  );
}

function isRosterUser(person: number): boolean {
  return endToEnd.simulators.people.isRosterUser(person);
}

/** A few users of a roster of two thousand would be held as a roster that shrank. */
const anotherHistory = { CARETAKER_PREFIX: '{few-users}' };

describe('caretaker run purge-windows', () => {
  it('caretaker run purge-windows removes every expired and waiting window of the roster in enforce and touches no other', async () => {
    const before = windowsByPerson();
    const result = await endToEnd.run(['run', 'purge-windows', '--json'], { CARETAKER_MODE: 'enforce' });

    expect(result.errors).not.toContain('"level":"error"');
    expect(result.code).toBe(0);
    const report = result.json<Report>();
    expect(report.run).toMatchObject({
      job: 'purge-windows',
      mode: 'enforce',
      trigger: 'command',
      status: 'completed',
    });
    expect(report.users).toEqual({
      selected: users,
      inspected: users,
      failed: 0,
      notReached: 0,
      notAsked: 0,
    });
    expect(report.actions).toEqual({
      planned: 2 * users,
      applied: 2 * users,
      skipped: 0,
      failed: 0,
      notReached: 0,
    });
    expect(report.requests).toEqual({ pointsharp: 2 * users });
    expect(report.roster).toEqual({ rows: users, rejected: 0 });

    for (const [person, states] of windowsByPerson()) {
      const was = before.get(person) ?? [];
      const purged = isRosterUser(person)
        ? was.filter((state) => state !== 'expired' && state !== 'waiting')
        : was;
      expect(states, `person ${person}`).toEqual(purged);
    }
    const { total, roster } = countWindows(endToEnd.simulators.pointsharp.world);
    expect([roster.expired, roster.waiting]).toEqual([0, 0]);
    // Namesakes in other storages are not in the roster and keep theirs.
    expect(total.expired + total.waiting).toBeGreaterThan(0);

    const traffic = endToEnd.simulators.pointsharp.traffic.facts();
    expect(traffic.perUser).toEqual({ min: 2, max: 2, total: 2 * users });
    expect(traffic.requests).toBe(2 * users);
    expect(traffic.violations.total).toBe(0);
    expect(traffic.inFlightPeak).toBeLessThanOrEqual(8);
  });

  it('caretaker run purge-windows sends nothing at all in observe, and plans the same', async () => {
    const result = await endToEnd.run(['run', 'purge-windows', '--json']);
    const report = result.json<Report>();
    expect(result.code).toBe(0);
    expect(report.run).toMatchObject({ mode: 'observe', status: 'completed', reason: null });
    expect(report.actions).toEqual({
      planned: 2 * users,
      applied: 0,
      skipped: 0,
      failed: 0,
      notReached: 2 * users,
    });
    expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(0);
  });

  it('caretaker run purge-windows keeps waiting windows outside the quiet hours', async () => {
    const hour = new Date().getUTCHours();
    const otherTime = `${String((hour + 6) % 24).padStart(2, '0')}:00-${String((hour + 8) % 24).padStart(2, '0')}:00 UTC`;
    const report = (
      await endToEnd.run(['run', 'purge-windows', '--json', '--mode', 'enforce'], {
        PURGE_WINDOWS_QUIET_HOURS: otherTime,
      })
    ).json<Report>();
    expect(report.actions).toMatchObject({ planned: users, applied: users });
    expect(report.kept).toEqual({ 'outside-quiet-hours': users });
    const { roster } = countWindows(endToEnd.simulators.pointsharp.world);
    expect(roster.expired).toBe(0);
    expect(roster.waiting).toBeGreaterThan(0);
  });

  it('reads its roster from standard input, also beside a worker that has another one', async () => {
    const other = await endToEnd.file('other.csv', 'username,userStorageName\nnobody,AD\n');
    const worker = endToEnd.start(['worker'], { ...anotherHistory, CARETAKER_ROSTER: other });
    await worker.says('worker ready');
    const { people } = endToEnd.simulators;
    const rows = [0, 1, 2].map((index) =>
      JSON.stringify({ username: people.username(index), userStorageName: people.storage(index) }),
    );
    const result = await endToEnd.run(
      ['run', 'purge-windows', '--json', '--mode', 'enforce'],
      { ...anotherHistory, CARETAKER_ROSTER: '-' },
      rows.join('\n'),
    );
    await worker.kill('SIGTERM');
    expect(result.json<Report>().users).toEqual({
      selected: 3,
      inspected: 3,
      failed: 0,
      notReached: 0,
      notAsked: 0,
    });
    expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(6);
  });

  it('caretaker run purge-windows acts only on the users that are named, with the storage that the roster has for them', async () => {
    const name = endToEnd.simulators.people.username(7);
    const result = await endToEnd.run([
      'run',
      'purge-windows',
      '--json',
      '--mode',
      'enforce',
      '--user',
      name,
    ]);
    expect(result.json<Report>().users.selected).toBe(1);
    expect(endToEnd.simulators.pointsharp.traffic.requestsAbout(7)).toBe(2);
    expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(2);
  });

  it('caretaker run purge-windows refuses a user whom the roster does not have', async () => {
    const result = await endToEnd.run(['run', 'purge-windows', '--user', 'nobody at all']);
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toContain('has no user nobody at all.');
  });
});
