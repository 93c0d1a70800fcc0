import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobPrefix } from '../../src/config/settings/job.ts';
import type { Report } from '../../src/runs/report.ts';
import { type CommandResult, runCaretaker } from '../support/caretaker.ts';
import { workingCommands } from '../support/commands.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

let endToEnd: EndToEnd;
const runs: Record<string, string> = {};

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 30 });
  for (const job of ['purge-windows', 'refresh-timed-devices']) {
    const held = await endToEnd.run(['run', job, '--mode', 'enforce', '--json'], {
      [`${jobPrefix(job)}MAX_ACTIONS`]: '1',
      [`${jobPrefix(job)}HOLD_ON`]: 'max-actions',
    });
    expect(held.code).toBe(3);
    runs[job] = held.json<Report>().run.id;
  }
  expect((await endToEnd.run(['run', 'audit-pocket'])).code).toBe(0);
  const plan = ['plan', 'purge-windows', '--out', join(endToEnd.folder, 'plan.json')];
  expect((await endToEnd.run(plan)).code).toBe(0);
});
afterAll(() => endToEnd.close());

/** Runs a line with nothing set but REDIS_URL, and what stands in the second argument. */
function bare(line: string, extra: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const words = line
    .split(' ')
    .map((word) => runs[word.slice(1)] ?? word.replace('plan.json', join(endToEnd.folder, 'plan.json')));
  return runCaretaker(words, { REDIS_URL: endToEnd.redis.url, ...extra });
}

/** What the roster is for has nothing to do with a vendor. */
const withRoster = () => ({ CARETAKER_ROSTER: endToEnd.environment.CARETAKER_ROSTER ?? '' });

/** Of each command that asks no vendor, lines that have to work. In this order: a decision ends what is held. */
const withoutVendor: Readonly<Record<string, readonly string[]>> = {
  runs: ['runs', 'runs latest', 'runs %refresh-timed-devices', 'runs %refresh-timed-devices --users'],
  findings: ['findings', 'findings --reference'],
  schedules: ['schedules'],
  pause: ['pause superoffice'],
  resume: ['resume superoffice'],
  reject: ['reject %purge-windows'],
  stop: ['stop %purge-windows'],
  trigger: ['trigger audit-pocket'],
  approve: ['approve %refresh-timed-devices'],
  history: ['history'],
  'plan show': ['plan show plan.json'],
  completion: ['completion bash'],
  config: ['config', 'config --json', 'config --reference', 'config --queue-contract'],
};

const pointsharp = ['POINTSHARP_URL'];
const superoffice = ['SUPEROFFICE_URL', 'SUPEROFFICE_USERNAME', 'SUPEROFFICE_PASSWORD'];

/** What each other command misses, all of it at once. */
const missing: readonly (readonly [command: string, line: string, variables: readonly string[]])[] = [
  ['worker', 'worker', [...pointsharp, ...superoffice]],
  ['explain', 'explain kari', [...pointsharp, ...superoffice]],
  ['run', 'run purge-windows', pointsharp],
  ['run', 'run audit-pocket', superoffice],
  ['plan make', 'plan refresh-timed-devices --out -', pointsharp],
  ['apply', 'apply plan.json --mode enforce', pointsharp],
  ['device list', 'device list kari', pointsharp],
  ['device open-window', 'device open-window kari --minutes 5 --user-agent *', pointsharp],
  ['device set-state', 'device set-state kari phone 1', pointsharp],
  ['device update-time', 'device update-time kari phone', pointsharp],
  ['device remove', 'device remove kari phone', pointsharp],
  ['device remove-windows', 'device remove-windows kari --all', pointsharp],
  ['pocket list', 'pocket list 101', superoffice],
  [
    'superoffice login',
    'superoffice login --out /nowhere/token',
    ['SUPEROFFICE_CLIENT_ID', 'SUPEROFFICE_APP_TOKEN'],
  ],
];

/** Those that neither work without a vendor nor miss one, and why. */
const apart: Readonly<Record<string, string>> = {
  doctor: 'says of each variable what is wrong, and goes on with the rest',
  'roster check': 'needs a roster; tried below',
  simulate: 'brings its vendors',
  demo: 'brings its vendors',
};

describe('with no vendor set', () => {
  it.each(Object.values(withoutVendor).flat())(
    'a command that asks no vendor works without their settings: caretaker %s',
    async (line) => {
      const { code, output, errors } = await bare(line);
      expect({ code, errors: code === 0 ? '' : errors }).toEqual({ code: 0, errors: '' });
      expect(output).not.toBe('');
    },
  );

  it('a command that asks no vendor works with a roster as well, whose names it shows', async () => {
    const check = await bare('roster check', withRoster());
    expect([0, 1]).toContain(check.code);
    expect(check.output).toContain('30 rows');
    const users = await bare('runs %purge-windows --users', withRoster());
    expect(users).toMatchObject({ code: 0, errors: '' });
    expect(users.output).toContain('expired');
  });

  it('a command that asks no vendor refuses a setting of one that is wrong', async () => {
    const { code, errors } = await bare('runs', { POINTSHARP_AUTH: 'magic' });
    expect(code).toBe(2);
    expect(errors).toMatch(/POINTSHARP_AUTH: expected/);
  });

  it.each(missing)(
    'a command that asks a vendor names at once all that is missing: %s',
    async (_, line, variables) => {
      const { code, output, errors } = await bare(line, withRoster());
      expect({ code, output }).toEqual({ code: 2, output: '' });
      const named = [...errors.matchAll(/^ {2}(\w+): is missing/gm)].map(([, name]) => name);
      expect(named).toEqual(variables);
    },
  );

  it('a command that asks a vendor names what its way to sign in needs, too', async () => {
    const { code, errors } = await bare('device list kari', { POINTSHARP_AUTH: 'header' });
    expect(code).toBe(2);
    for (const name of ['URL', 'HEADER_NAME', 'HEADER_VALUE'])
      expect(errors).toContain(`  POINTSHARP_${name}: is missing`);
  });

  it('a run needs only the vendor of its job, and not all that is set of the other', async () => {
    const { SUPEROFFICE_PASSWORD: _, ...rest } = endToEnd.environment;
    const { code, errors } = await runCaretaker(['run', 'refresh-timed-devices', '--user', 'nobody'], rest);
    expect(code).toBe(2);
    expect(errors).toContain('has no user nobody');
    const explained = await runCaretaker(['explain', 'nobody'], rest);
    expect(explained.errors).toContain('SUPEROFFICE_PASSWORD: is missing');
  });

  it('caretaker config warns of what the jobs need and is not set', async () => {
    const { errors } = await bare('config');
    for (const name of [...pointsharp, ...superoffice])
      expect(errors).toContain(`warning: ${name}: is missing`);
  });

  it('every command is tried here, or it is said why not', () => {
    const tried = [...Object.keys(withoutVendor), ...missing.map(([name]) => name), ...Object.keys(apart)];
    expect([...new Set(tried)].sort()).toEqual([...workingCommands()].sort());
  });
});
