import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { runFormat } from '../../src/queue/messages/run-state.ts';
import type { Report } from '../../src/runs/report.ts';
import { type Caretaker, startVersion } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { makeNextVersion, type NextVersion } from '../support/next-version.ts';

const users = 40;
const enforce = { CARETAKER_MODE: 'enforce', PURGE_WINDOWS_BATCH_SIZE: '1' };
const ended = `Another version of the program began this run (format ${runFormat + 1}, here ${runFormat}), and no process of that version is left. Start it again.`;
let next: NextVersion;
let endToEnd: EndToEnd;
let ours: Caretaker;
let theirs: Caretaker;

beforeAll(async () => {
  next = await makeNextVersion();
});
afterAll(() => next.remove());
beforeEach(async () => {
  endToEnd = await openEndToEnd({ users });
  endToEnd.simulators.pointsharp.faults.latencyMs = 50;
  ours = endToEnd.start(['worker'], enforce);
  await ours.says('worker ready');
  const environment = { ...endToEnd.environment, ...enforce };
  theirs = startVersion(next.entry, ['run', 'purge-windows', '--json'], environment);
  await ours.says('run is left to the version that began it');
});
afterEach(async () => {
  await theirs.kill('SIGKILL');
  await endToEnd.close();
});

function written(): number {
  return endToEnd.simulators.pointsharp.traffic.facts().requests;
}

async function theirReport(): Promise<Report> {
  for (;;) {
    const found = await endToEnd.run(['runs', 'latest', '--job', 'purge-windows', '--json']);
    const report = found.json<Report>();
    if (report.run.status !== 'running') return report;
    await delay(100);
  }
}

it('a run is carried on by the version that began it, while one of its processes is there', async () => {
  const { run, actions } = (await theirs.ended).json<Report>();
  expect(run.status).toBe('completed');
  expect(actions.applied).toBe(2 * users);
  expect(written()).toBe(2 * users);
});

it('a run of a version that is gone ends, and nothing more is written for it', async () => {
  await theirs.kill('SIGKILL');
  const before = written();
  const { run, actions, users: counted } = await theirReport();
  expect(run).toMatchObject({ status: 'stopped', reason: ended });
  expect(written()).toBe(before);
  expect(actions.applied).toBeLessThan(2 * users);
  expect(counted.selected).toBe(users);
  endToEnd.simulators.pointsharp.faults.latencyMs = 0;
  const own = await endToEnd.run(['run', 'purge-windows', '--json'], enforce);
  expect(own.json<Report>()).toMatchObject({ run: { status: 'completed' }, actions: { applied: 2 * users } });
});
