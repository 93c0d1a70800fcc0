import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import type { Report } from '../../../src/runs/report.ts';
import { type Caretaker, runCaretaker, startCaretaker } from '../../support/caretaker.ts';

const freePorts = ['--pointsharp-port', '0', '--superoffice-port', '0', '--control-port', '0'];
const run = promisify(execFile);
let simulators: Caretaker | undefined;

afterEach(() => simulators?.kill('SIGKILL'));

async function simulate(...options: string[]): Promise<Caretaker> {
  simulators = startCaretaker(['simulate', ...freePorts, ...options], {});
  await simulators.says('Ctrl+C ends them');
  return simulators;
}

it('caretaker simulate prints a script that sets everything up for a run, and ends 0 on SIGTERM', async () => {
  const { output, errors, kill } = await simulate('--users', '20', '--redis');
  expect(errors()).toBe('');
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-test-'));
  // What a person does: paste what was printed into a shell, and run.
  const { stdout } = await run('sh', ['-ec', 'eval "$LINES"; env'], {
    cwd: folder,
    env: { PATH: process.env.PATH, LINES: output() },
  });
  const environment = Object.fromEntries(
    stdout
      .split('\n')
      .map((line) => /^((?:REDIS|POINTSHARP|SUPEROFFICE|CARETAKER|REFRESH)_\w+)=(.*)$/.exec(line))
      .map((found) => [found?.[1] ?? '', found?.[2] ?? ''])
      .filter(([name]) => name !== ''),
  );
  const reports: Report[] = [];
  for (const job of ['purge-windows', 'audit-pocket']) {
    const result = await runCaretaker(['run', job, '--json', '--mode', 'enforce'], {
      ...environment,
      CARETAKER_ROSTER: join(folder, environment.CARETAKER_ROSTER ?? ''),
      POINTSHARP_REQUESTS_PER_SECOND: '0',
      SUPEROFFICE_REQUESTS_PER_SECOND: '0',
    });
    expect(result.code).toBe(0);
    reports.push(result.json<Report>());
  }
  await rm(folder, { recursive: true });
  expect(reports.map(({ users }) => users.inspected)).toEqual([20, 20]);
  expect(await kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
});

it('caretaker simulate says where to look at what the vendors hold', async () => {
  const { output } = await simulate('--users', '7', '--seed', '3');
  expect(output()).toContain('# Runs need a Redis as well');
  const address = /curl -s (\S+facts)$/m.exec(output())?.[1] ?? '';
  const facts = await (await fetch(address)).json();
  expect(facts).toMatchObject({ users: 7 });
});

it('caretaker simulate says which port is taken and how to choose another, and leaves nothing running', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const result = await runCaretaker(['simulate', ...freePorts, '--control-port', String(port)], {});
  taken.close();
  expect(result).toMatchObject({ code: 2, output: '' });
  expect(result.errors).toMatch(
    new RegExp(
      `^caretaker: The simulators cannot listen on port ${port}: address already in use \\(EADDRINUSE\\)\\. .*--control-port.*\\n$`,
    ),
  );
});
