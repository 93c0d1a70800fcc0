import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import type { DemoFacts } from '../../../src/commands/demo/facts.ts';
import { jobNames } from '../../../src/jobs/index.ts';
import type { Report } from '../../../src/runs/report.ts';
import { runCaretaker } from '../../support/caretaker.ts';

interface Demo {
  readonly reports: readonly Report[];
  readonly facts: DemoFacts;
}

it('ends with a completed report of each job that adds up and two counted facts, and leaves nothing behind', async () => {
  const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('caretaker-demo-'));
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
