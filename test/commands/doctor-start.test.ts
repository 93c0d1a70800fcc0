import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../simulators/redis/free-port.ts';
import type { Line } from '../../src/ops/doctor/check.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

type Environment = Record<string, string>;

let endToEnd: EndToEnd;
let nowhere: string;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 60 });
  nowhere = `127.0.0.1:${await freePort()}`;
});
afterAll(() => endToEnd.close());

async function examine(extra: Environment, ...words: readonly string[]) {
  const { code, json } = await endToEnd.run(['doctor', '--json', ...words], extra);
  const { status, checks } = json<{ status: string; checks: Line[] }>();
  const named = (wanted: string) =>
    checks.filter(({ health }) => health === wanted).map(({ subject, check }) => `${subject} ${check}`);
  const onlyWarns = checks.filter(({ startsAnyway }) => startsAnyway).map(({ subject }) => subject);
  return { code, status, failed: named('fail'), onlyWarns };
}

/** What is wrong, and which subjects fail then for the whole doctor and only warn at a start. */
const passes: readonly [what: string, environment: () => Environment, subjects: readonly string[]][] = [
  ['nothing is wrong', () => ({}), []],
  [
    'both vendors are down',
    () => ({ POINTSHARP_URL: `http://${nowhere}/api/`, SUPEROFFICE_URL: `https://${nowhere}/api/` }),
    ['pointsharp', 'superoffice'],
  ],
  ['a vendor refuses the sign-in', () => ({ SUPEROFFICE_PASSWORD: 'wrong' }), ['superoffice']],
  ['the devices show another unit', () => ({ REFRESH_TIMED_DEVICES_UNIT: 'hours' }), ['timed-devices']],
];

describe('caretaker doctor --start', () => {
  it.each(passes)(
    'the doctor lets a pod start when %s, and the whole doctor says what is wrong',
    async (_what, environment, subjects) => {
      const start = await examine(environment(), '--start');
      expect(start).toEqual({ code: 0, status: 'warn', failed: [], onlyWarns: subjects });
      const whole = await examine(environment());
      expect(whole.code).toBe(subjects.length === 0 ? 0 : 1);
      expect(whole.failed.map((line) => line.split(' ')[0])).toEqual(subjects);
      expect(whole.onlyWarns).toEqual([]);
    },
  );

  it.each<[what: string, environment: () => Environment, code: number, failed: readonly string[]]>([
    [
      'a policy is wrong',
      () => ({ PURGE_WINDOWS_MAX_SHARE: '2' }),
      2,
      ['configuration PURGE_WINDOWS_MAX_SHARE'],
    ],
    [
      'the margin is too small for the schedule, in enforce',
      () => ({ CARETAKER_MODE: 'enforce', REFRESH_TIMED_DEVICES_MARGIN: 'PT12H' }),
      2,
      ['configuration REFRESH_TIMED_DEVICES_*'],
    ],
    [
      'a variable is misspelt',
      () => ({ PURGE_WINDOWS_ENABLD: 'false' }),
      2,
      ['configuration PURGE_WINDOWS_ENABLD'],
    ],
    ['Redis is down', () => ({ REDIS_URL: `redis://${nowhere}` }), 1, ['redis reachable']],
    ['the roster is not there', () => ({ CARETAKER_ROSTER: '/nowhere.csv' }), 1, ['roster file']],
    [
      'a vendor is down and Redis too',
      () => ({ POINTSHARP_URL: `http://${nowhere}/api/`, REDIS_URL: `redis://${nowhere}` }),
      1,
      ['redis reachable'],
    ],
  ])('the doctor does not let a pod start when %s', async (_what, environment, code, failed) => {
    const start = await examine(environment(), '--start');
    expect({ code: start.code, failed: start.failed }).toEqual({ code, failed });
    expect(start.status).toBe('fail');
  });

  it('the doctor does not let a pod start with an empty roster, which would stop every run', async () => {
    const CARETAKER_ROSTER = await endToEnd.file('empty.csv', 'username\r\n');
    const start = await examine({ CARETAKER_ROSTER }, '--start');
    expect({ code: start.code, failed: start.failed }).toEqual({ code: 1, failed: ['roster users'] });
  });

  it('the doctor says below each failure that only warns at a start that it does', async () => {
    const down = { POINTSHARP_URL: `http://${nowhere}/api/` };
    const note = 'This is a failure, but it does not stop a start.';
    const start = await endToEnd.run(['doctor', '--start'], down);
    expect(start.code).toBe(0);
    expect(start.output).toMatch(
      /^warn {2}pointsharp address .*\(ECONNREFUSED\)\n {6}→ Check POINTSHARP_URL.*\n {6}This is a failure/m,
    );
    expect(start.output.split(note)).toHaveLength(2);
    expect(start.output).toMatch(/, 0 failed\n$/);
    const whole = await endToEnd.run(['doctor'], down);
    expect(whole.code).toBe(1);
    expect(whole.output).not.toContain(note);
  });
});

it('a worker comes back during an outage: the doctor lets it start, and it is ready', async () => {
  const down = { POINTSHARP_URL: `http://${nowhere}/api/`, SUPEROFFICE_URL: `https://${nowhere}/api/` };
  expect((await endToEnd.run(['doctor', '--start'], down)).code).toBe(0);
  const worker = endToEnd.start(['worker'], down);
  await worker.says('worker ready');
  expect((await worker.kill('SIGTERM')).code).toBe(0);
});
