import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { DemoFacts } from '../../../src/commands/demo/facts.ts';
import { jobNames } from '../../../src/jobs/index.ts';
import type { Report } from '../../../src/runs/report.ts';
import { runCaretaker, startCaretaker } from '../../support/caretaker.ts';

interface Demo {
  readonly reports: readonly Report[];
  readonly facts: DemoFacts;
}

/** Folders that demos keep while they run. */
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('caretaker-demo-'));

it('ends with a completed report of each job that adds up and two counted facts, and leaves nothing behind', async () => {
  const before = leftovers();
  const result = await runCaretaker(['demo', '--json'], {});
  expect(result.errors).toBe('');
  expect(result.code).toBe(0);
  const { reports, facts } = result.json<Demo>();
  expect(reports.map(({ run }) => [run.job, run.status, run.mode])).toEqual(
    jobNames.map((job) => [job, 'completed', 'enforce']),
  );
  for (const { users, actions } of reports) {
    expect(users).toEqual({ selected: 2000, inspected: 2000, failed: 0, notReached: 0, notAsked: 0 });
    expect(actions.planned).toBe(actions.applied);
  }
  expect(facts.windows.before).toBeGreaterThan(0);
  expect(facts.windows.after).toBe(0);
  expect(facts.notificationsNextDay.with).toBeLessThan(facts.notificationsNextDay.without);
  expect(leftovers()).toEqual(before);
});

it.each([
  ['as soon as it says that all is simulated', 'SIMULATED', 'SIGINT', 1],
  ['when its worker is there', 'A worker process is running', 'SIGTERM', 1],
  ['in the middle of a run', 'completed in enforce', 'SIGINT', 1],
  ['by a signal that it cannot hear', 'A worker process is running', 'SIGKILL', null],
] as const)(
  'a demo that is ended %s leaves nothing running and nothing behind, and complains of nothing',
  async (_, said, signal, code) => {
    const before = leftovers();
    const demo = startCaretaker(['demo'], {});
    await demo.says(said);
    const folders = leftovers().filter((name) => !before.includes(name));
    expect(folders).toHaveLength(1);
    const result = await demo.kill(signal);
    expect(result.code).toBe(code);
    expect(result.errors).not.toMatch(/Error|at /);
    while (leftovers().some((name) => folders.includes(name))) await delay(10);
    const isThere = (folder: string) =>
      readdirSync('/proc')
        .filter((pid) => /^\d+$/.test(pid))
        .some((pid) => environmentOf(pid).includes(folder));
    while (folders.some(isThere)) await delay(10);
  },
);

it('a demo without a temporary folder says which one and how to name another', async () => {
  const { code, errors } = await startCaretaker(['demo'], { TMPDIR: '/nowhere' }).ended;
  expect(code).toBe(1);
  expect(errors).toBe(
    'caretaker: The temporary folder /nowhere does not take what the demo keeps there: no such file or directory (ENOENT). Make room there, or name another folder with TMPDIR.\n',
  );
});

/** Of a process of ours; a worker has the folder of its roster in it. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
