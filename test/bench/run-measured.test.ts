import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runMeasured } from '../../bench/run-measured.ts';

const folder = mkdtempSync(join(tmpdir(), 'caretaker-measured-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const log = join(folder, 'log');

/** Runs a script of Node that is given the time to be looked at. */
function runScript(script: string) {
  return runMeasured([process.execPath, '-e', script], { environment: { GREETING: 'hello' }, log });
}

const busy = 'while (process.cpuUsage().user < 300_000);';

test('the time and the memory of a command are those of its whole process tree', async () => {
  const alone = await runScript(busy);
  expect(alone.cpuSeconds).toBeGreaterThanOrEqual(0.3);
  const child = `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(`const held = Buffer.alloc(200e6, 1); ${busy} held.length`)}]);`;
  const withChild = await runScript(`${busy}${child}`);
  expect(withChild.cpuSeconds).toBeGreaterThanOrEqual(0.6);
  expect(withChild.peakMb).toBeGreaterThan(alone.peakMb + 190);
});

test('the output of a measured command is its result, and what is told beside it goes to the log', async () => {
  const { output } = await runScript('console.log(process.env.GREETING); console.error("beside")');
  expect(output).toBe('hello\n');
  expect(readFileSync(log, 'utf8')).toContain('beside');
});

test('a measured command that fails has no figures', async () => {
  await expect(runScript('process.exit(3)')).rejects.toThrow('ended 3');
});
