import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { until } from '../queue/queue-fixture.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { opsAnywhere, opsOf } from '../support/ops.ts';
import { lookAtRuns, type UnderWay } from '../support/under-way.ts';

const users = 20;
let endToEnd: EndToEnd;
let look: UnderWay;
let closeLook = async () => {};
/** A pipe that nobody writes into. */
let pipe: string;
/** With this, opening the roster blocks a thread of the process, as on a mount that hangs. */
let hanging: Record<string, string>;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
  look = lookAtRuns(endToEnd.redis.url, (close) => {
    closeLook = close;
  });
  pipe = join(endToEnd.folder, 'pipe.csv');
  execFileSync('/usr/bin/env', ['mkfifo', pipe]);
  const blocking = fileURLToPath(new URL('../support/blocking-open.ts', import.meta.url));
  hanging = { CARETAKER_ROSTER: pipe, NODE_OPTIONS: `--import ${blocking}` };
});
afterAll(async () => {
  await closeLook();
  await endToEnd.close();
});

const reasonOf = ({ text }: { readonly text: string }) =>
  (JSON.parse(text) as { reason?: string }).reason ?? '';

/** Asks for a run and resolves to its report. */
async function purge(settings: Record<string, string>): Promise<Report['run']> {
  const { id } = (await endToEnd.run(['trigger', 'purge-windows', '--json'], settings)).json<{
    id: string;
  }>();
  await until(async () => (await look.run('purge-windows')) === undefined);
  return (await endToEnd.run(['runs', id, '--json'])).json<Report>().run;
}

it('a worker whose roster hangs ends its runs, fails its liveness, and ends at SIGTERM though a thread never comes back', async () => {
  const settings = { ...hanging, ...opsAnywhere, CARETAKER_ROSTER_TIMEOUT: 'PT0.5S' };
  const worker = endToEnd.start(['worker'], settings);
  const get = await opsOf(worker);
  await worker.says('worker ready');
  expect(await get('/livez')).toMatchObject({ status: 200 });
  expect(await purge(hanging)).toMatchObject({
    status: 'failed',
    reason: expect.stringMatching(/^The roster .*pipe\.csv gave nothing for 0\.5 s\. Check the mount/),
  });
  const dead = await get('/livez');
  expect(dead.status).toBe(503);
  expect(reasonOf(dead)).toMatch(/^The system has not answered a question about the roster for \d+ s\./);
  // It takes no second thread.
  expect((await purge(hanging)).reason).toContain('still hangs');
  expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
});

it('a worker that waits for a roster that hangs hands the run back at SIGTERM, and another does it', async () => {
  const worker = endToEnd.start(['worker'], { ...hanging, CARETAKER_MODE: 'enforce' });
  await worker.says('worker ready');
  await endToEnd.run(['trigger', 'purge-windows'], { ...hanging, CARETAKER_MODE: 'enforce' });
  await look.reaches('purge-windows', 'gate');
  expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
  expect(await look.phase('purge-windows')).toBe('gate');
  const next = endToEnd.start(['worker'], { CARETAKER_MODE: 'enforce' });
  await until(async () => (await look.run('purge-windows')) === undefined);
  expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(2 * users);
  await next.kill('SIGTERM');
});

it('a command that waits for its roster ends at Ctrl+C', async () => {
  const command = endToEnd.start(['run', 'purge-windows'], { CARETAKER_ROSTER: pipe });
  // It has begun to wait once it has opened the pipe.
  const writer = await open(pipe, 'w');
  onTestFinished(() => writer.close());
  await writer.write('username\n');
  command.process.kill('SIGINT');
  await command.ended;
  expect(command.process.signalCode).toBe('SIGINT');
});

it.each([
  ['doctor', ['doctor'], 1],
  ['plan', ['plan', 'purge-windows', '--out', '-'], 2],
  ['explain', ['explain', 'anna'], 2],
])('%s ends with a clear error when the roster hangs, and its process ends', async (_, words, exitCode) => {
  const settings = { ...hanging, CARETAKER_ROSTER_TIMEOUT: 'PT0.3S' };
  const { code, output, errors } = await endToEnd.run(words, settings);
  expect(code).toBe(exitCode);
  expect(output + errors).toMatch(/The roster \S+ gave nothing for (0\.3|3) s\./);
});
