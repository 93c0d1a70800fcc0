import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../simulators/http/faults.ts';
import type { Simulator } from '../../simulators/worlds.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

/*
 * Whether an answer concerns one user or everybody is seen from the others: of these answers, none says it by itself.
 */

const users = 2000;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());
afterEach(() => {
  for (const { faults, traffic } of vendors()) {
    faults.remove();
    traffic.reset();
  }
  endToEnd.simulators.reset();
});

function vendors(): readonly Simulator<unknown>[] {
  return [endToEnd.simulators.pointsharp, endToEnd.simulators.superoffice];
}

function vendorOf(job: string): Simulator<unknown> {
  return job === 'audit-pocket' ? endToEnd.simulators.superoffice : endToEnd.simulators.pointsharp;
}

const jobs = ['purge-windows', 'refresh-timed-devices', 'audit-pocket'] as const;
/** As a firewall, an API, IIS and a proxy give them. */
const answers: Readonly<Record<string, Fault>> = {
  'a page': { kind: 'html', status: 200 },
  '403': { kind: 'status', status: 403 },
  '404': { kind: 'status', status: 404 },
  '404.11': { kind: 'html', status: 404 },
  '409': { kind: 'status', status: 409 },
  '422': { kind: 'status', status: 422 },
  'a redirect': { kind: 'status', status: 302, headers: { location: '/sign-in' } },
};
const kinds = Object.keys(answers);
const cases = jobs.flatMap((job) => kinds.map((answer) => [job, answer] as const));

function answering(answer: string): Fault {
  const fault = answers[answer];
  if (!fault) throw new RangeError(answer);
  return fault;
}

/** The first of the roster, and one in a hundred after it. */
const everyHundredth = Array.from({ length: users / 100 }, (_, index) => index * 100);

function refuse(job: string, answer: string, indexes: readonly number[]): void {
  for (const index of indexes)
    vendorOf(job).faults.add({
      ...answering(answer),
      username: endToEnd.simulators.people.username(index),
    });
}

async function run(
  job: string,
  extra: Readonly<Record<string, string>> = {},
  words: readonly string[] = [],
): Promise<{ readonly report: Report; readonly code: number | null }> {
  const mode = job === 'audit-pocket' ? 'observe' : 'enforce';
  const result = await endToEnd.run(['run', job, '--json', '--mode', mode, ...words], extra);
  return { report: result.json<Report>(), code: result.code };
}

describe('one user in a hundred', () => {
  it.each(jobs)(
    '%s does everybody else when one user in a hundred gets each of these answers',
    async (job) => {
      // The first of each batch among them, so that nobody goes through at first.
      for (const [at, answer] of kinds.entries())
        refuse(
          job,
          answer,
          everyHundredth.map((index) => index + at),
        );
      const { report, code } = await run(job);
      const refused = kinds.length * everyHundredth.length;
      expect(report.run).toMatchObject({ status: 'completed', reason: null });
      expect(report.users).toEqual({
        selected: users,
        inspected: users - refused,
        failed: refused,
        notReached: 0,
        notAsked: 0,
      });
      const { planned, applied, failed, skipped, notReached } = report.actions;
      expect({ skipped, notReached }).toEqual({ skipped: 0, notReached: 0 });
      expect(failed).toBe(job === 'purge-windows' ? 2 * refused : 0);
      expect(applied).toBe(planned - failed);
      expect(code).toBe(1);
      expect(report.failures[0]?.reason).toMatch(/ Not everybody is answered so: check this user /);
      // What was refused is asked once more, and nothing else is.
      const { min, max } = vendorOf(job).traffic.facts().perUser;
      expect(min).toBe(job === 'purge-windows' ? 2 : 1);
      if (job !== 'refresh-timed-devices') expect(max).toBe(job === 'purge-windows' ? 3 : 2);
    },
  );

  it.each(kinds)('a purge does everybody else when one user in a hundred is answered %s', async (answer) => {
    refuse('purge-windows', answer, everyHundredth);
    const { report } = await run('purge-windows');
    expect(report.run).toMatchObject({ status: 'completed', reason: null });
    expect(report.users).toMatchObject({ inspected: users - everyHundredth.length, notReached: 0 });
  });

  it('users who stand together in the roster are refused without stopping the others', async () => {
    const together = Array.from({ length: 30 }, (_, index) => 1000 + index);
    refuse('purge-windows', '404', together);
    const { report } = await run('purge-windows', { POINTSHARP_REQUESTS_IN_FLIGHT: '1' });
    expect(report.run).toMatchObject({ status: 'completed', reason: null });
    expect(report.actions).toMatchObject({ applied: 2 * (users - 30), failed: 60 });
  });

  it('the last user of the roster, alone in a batch, does not stop the run', async () => {
    refuse('purge-windows', '404', [users - 1]);
    const { report } = await run('purge-windows', { PURGE_WINDOWS_BATCH_SIZE: '1999' });
    expect(report.run.status).toBe('completed');
    expect(report.actions).toMatchObject({ applied: 2 * (users - 1), failed: 2 });
  });

  it('more of such users than MAX_UNREADABLE allows hold the run', async () => {
    refuse('refresh-timed-devices', '404', everyHundredth);
    const { report, code } = await run('refresh-timed-devices', {
      REFRESH_TIMED_DEVICES_MAX_UNREADABLE: '0.005',
    });
    expect(code).toBe(3);
    expect(report.run.reason).toContain('20 of 2000 users could not be read');
    expect(report.actions.applied).toBe(0);
    const { id } = report.run;
    expect((await endToEnd.run(['reject', id])).code).toBe(0);
    await endToEnd.run(['run', 'audit-pocket']);
  });
});

describe('everybody', () => {
  it.each(cases)('%s stops after a few requests when everybody is answered %s', async (job, answer) => {
    vendorOf(job).faults.add(answering(answer));
    const { report, code } = await run(job);
    expect(code).toBe(4);
    expect(report.run.status).toBe('stopped');
    expect(report.run.reason).toContain(
      answer === 'a page' ? 'a web page' : `answered ${answer.slice(0, 3).replace('a r', '302')}`,
    );
    expect(report.actions.applied).toBe(0);
    expect(report.users.inspected).toBe(0);
    expect(vendorOf(job).traffic.facts().requests).toBeLessThan(20);
  });

  it.each([
    ['1', 20],
    ['2', 20],
    ['8', 20],
    ['16', 40],
  ])(
    'a run stops early with %s requests in flight and small batches: fewer than %d',
    async (inFlight, most) => {
      vendorOf('purge-windows').faults.add(answering('403'));
      const { report } = await run('purge-windows', {
        POINTSHARP_REQUESTS_IN_FLIGHT: inFlight,
        PURGE_WINDOWS_BATCH_SIZE: '20',
      });
      expect(report.run.status).toBe('stopped');
      expect(vendorOf('purge-windows').traffic.facts().requests).toBeLessThan(most);
    },
  );

  it('a run stops when its vendor refuses everybody from some moment on', async () => {
    const { faults, traffic } = endToEnd.simulators.pointsharp;
    const running = run('purge-windows');
    while (traffic.facts().requests < 400) await new Promise(setImmediate);
    const before = traffic.facts().requests;
    faults.add(answering('403'));
    const { report } = await running;
    expect(report.run.status).toBe('stopped');
    expect(report.actions.applied).toBeGreaterThan(0);
    expect(report.actions.notReached).toBeGreaterThan(0);
    expect(traffic.facts().requests - before).toBeLessThan(400);
  });

  it('a run stops when one of its two operations is switched off, though the other goes through', async () => {
    const { switches, traffic } = endToEnd.simulators.pointsharp;
    switches.set('DELETE Device/Windows/Waiting', 403);
    const { report } = await run('purge-windows');
    switches.clear();
    expect(report.run.status).toBe('stopped');
    expect(report.run.reason).toContain('DELETE Device/Windows/Waiting');
    expect(traffic.facts().requests).toBeLessThan(40);
  });

  it('a plan leaves out a user who is refused, and is not made when everybody is', async () => {
    const path = `${endToEnd.folder}/refused.plan`;
    const words = ['plan', 'refresh-timed-devices', '--out', path, '--json'];
    refuse('refresh-timed-devices', '404', [0]);
    const one = await endToEnd.run(words);
    expect(one.code).toBe(1);
    expect(one.json()).toMatchObject({ users: { inspected: users - 1, failed: 1 }, unreadable: 0 });

    vendorOf('refresh-timed-devices').traffic.reset();
    vendorOf('refresh-timed-devices').faults.add(answering('404'));
    const all = await endToEnd.run(['plan', 'refresh-timed-devices', '--out', `${path}.2`]);
    expect(all.code).toBe(1);
    expect(all.errors).toContain('answered 404');
    expect(vendorOf('refresh-timed-devices').traffic.facts().requests).toBeLessThan(20);
  });

  it('a run over one user who is refused stops with the reason', async () => {
    const name = endToEnd.simulators.people.username(3);
    refuse('refresh-timed-devices', '404', [3]);
    const { report, code } = await run('refresh-timed-devices', {}, ['--user', name]);
    expect(code).toBe(4);
    expect(report.run.reason).toContain('answered 404');
    expect(vendorOf('refresh-timed-devices').traffic.facts().requests).toBe(2);
  });
});
