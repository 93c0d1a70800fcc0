import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { lookAtRuns } from '../../support/under-way.ts';

const users = 120;
const enforce = { CARETAKER_MODE: 'enforce' };
/** Any plan is held. */
const holdAll = {
  ...enforce,
  REFRESH_TIMED_DEVICES_MARGIN: 'P60D',
  REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
  REFRESH_TIMED_DEVICES_MAX_ACTIONS: '1',
  REFRESH_TIMED_DEVICES_HOLD_ON: 'max-actions',
};
const letGo = { ...holdAll, REFRESH_TIMED_DEVICES_MAX_ACTIONS: '100000' };
const refresh = ['run', 'refresh-timed-devices', '--json'];
let endToEnd: EndToEnd;

beforeEach(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterEach(() => endToEnd.close());

function writes(): number {
  return endToEnd.simulators.pointsharp.traffic.facts().byOperation['PUT Device/UpdateTime'] ?? 0;
}

async function reportOf(id: string): Promise<Report> {
  return (await endToEnd.run(['runs', id, '--json'])).json<Report>();
}

async function hold(extra: Readonly<Record<string, string>> = {}): Promise<Report> {
  const result = await endToEnd.run(refresh, { ...holdAll, ...extra });
  expect(result.code).toBe(3);
  return result.json<Report>();
}

describe('a held run that no worker is there for', () => {
  it('a held run keeps the next command waiting, which has an id of its own and stands among the runs', async () => {
    const held = await hold();
    const next = await endToEnd.run(refresh, letGo);
    expect(next.code).toBe(5);
    const { run } = next.json<Report>();
    expect(run).toMatchObject({ status: 'skipped', reason: expect.stringContaining(held.run.id) });
    expect(run.id).not.toBe(held.run.id);
    expect((await reportOf(run.id)).run).toEqual(run);
    expect((await endToEnd.run(['runs', '--json'])).json<Report[]>().map((one) => one.run.id)).toContain(
      run.id,
    );
    expect(writes()).toBe(0);
  });

  it('a held run ends once its time is over, by the next command, which then does its own', async () => {
    const held = await hold({ CARETAKER_HOLD_FOR: 'PT0.2S' });
    const next = await endToEnd.run(refresh, letGo);
    expect(next.code).toBe(0);
    expect(next.errors).toContain(`first settling run ${held.run.id}: nobody decided about it in time`);
    expect((await reportOf(held.run.id)).run).toMatchObject({
      status: 'stopped',
      reason: expect.stringContaining('expired'),
    });
    const { actions } = next.json<Report>();
    expect(actions.applied).toBe(actions.planned);
    expect(writes()).toBe(actions.applied);
  });

  it('a held run is applied by the next command after its approval, which then does its own', async () => {
    const held = await hold();
    const approved = await endToEnd.run(['approve', held.run.id]);
    expect(approved.output).toContain('Nobody is there to carry it out.');
    const next = await endToEnd.run(refresh, letGo);
    expect(next.code).toBe(0);
    const settled = await reportOf(held.run.id);
    expect(settled.run.status).toBe('completed');
    expect(settled.actions).toMatchObject({ planned: held.actions.planned, applied: held.actions.planned });
    // What the approved plan refreshed is due again only later, but for the margin of this test.
    expect(writes()).toBe(settled.actions.applied + next.json<Report>().actions.applied);
  });

  it('a held run ends by the next command after its rejection, which then does its own', async () => {
    const held = await hold();
    expect((await endToEnd.run(['reject', held.run.id, '--note', 'not today'])).code).toBe(0);
    const next = await endToEnd.run(refresh, letGo);
    expect(next.code).toBe(0);
    expect((await reportOf(held.run.id)).run).toMatchObject({
      status: 'stopped',
      reason: expect.stringContaining('not today'),
    });
    expect(writes()).toBe(next.json<Report>().actions.applied);
  });
});

/** Slow enough that each phase lasts, as a small budget makes it. */
const slow = { ...letGo, POINTSHARP_REQUESTS_PER_SECOND: '20', POINTSHARP_REQUESTS_IN_FLIGHT: '2' };

describe('a run whose command died', () => {
  for (const [phase, signals] of [
    ['plan', ['SIGKILL']],
    ['canary', ['SIGKILL']],
    ['apply', ['SIGKILL']],
    ['plan', ['SIGINT', 'SIGINT']],
    ['apply', ['SIGINT', 'SIGINT']],
  ] as const) {
    it(`a run is carried to a report that adds up when it dies by ${signals.join(' and ')} in the phase ${phase}`, async () => {
      const runs = lookAtRuns(endToEnd.redis.url);
      const first = endToEnd.start(refresh, slow);
      await runs.reaches('refresh-timed-devices', phase);
      const id = await runs.run('refresh-timed-devices');
      const { traffic } = endToEnd.simulators.pointsharp;
      const before = traffic.facts().requests;
      while (traffic.facts().requests < before + 3) await new Promise(setImmediate);
      for (const signal of signals) first.process.kill(signal);
      await first.ended;
      const next = await endToEnd.run(refresh, { ...letGo, POINTSHARP_REQUESTS_PER_SECOND: '0' });
      // A command that is told to stop may have ended before it was told twice.
      if (signals[0] === 'SIGKILL') expect(next.errors).toContain(`first settling run ${id}`);
      expect(next.code).toBe(0);
      const [settled, own] = [await reportOf(id ?? ''), next.json<Report>()];
      expect(['completed', 'stopped', 'failed']).toContain(settled.run.status);
      const { planned, applied, skipped, failed, notReached } = settled.actions;
      expect(applied + skipped + failed + notReached).toBe(planned);
      // The vendor's own count: what a report does not tell apart it calls repeated.
      const told = settled.actions.applied + own.actions.applied;
      expect(writes()).toBeGreaterThanOrEqual(told);
      expect(writes()).toBeLessThanOrEqual(told + settled.repeated + own.repeated);
      expect(await runs.run('refresh-timed-devices')).toBeUndefined();
    });
  }
});
