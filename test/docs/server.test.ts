import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'luxon';
import { expect, it } from 'vitest';
import { caretakerSettings } from '../../src/config/settings/groups.ts';
import { runCaretaker } from '../support/caretaker.ts';
import { allPages, root } from './markdown.ts';

const page = allPages().get('docs/server.md') ?? '';
const [, unit = ''] = /^```ini\n([\s\S]*?)^```$/m.exec(page) ?? [];

function valuesOf(name: string): string[] {
  return unit
    .split('\n')
    .flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
}

it('the systemd unit starts a worker behind the doctor, with commands that the program has', async () => {
  const starts = [...valuesOf('ExecStartPre'), ...valuesOf('ExecStart')].map((line) => line.split(' '));
  expect(starts.map(([, , ...words]) => words)).toEqual([['doctor', '--start'], ['worker']]);
  for (const [, file = '', ...words] of starts) {
    expect(existsSync(join(root, file.replace('/opt/device-caretaker/', '')))).toBe(true);
    expect(await runCaretaker([...words, '--help'], {})).toMatchObject({ code: 0 });
  }
});

it('the systemd unit gives a worker the time to hand back what it has in hand', () => {
  const drain = Duration.fromISO(caretakerSettings.drainTimeout.fallback ?? '');
  const [seconds] = valuesOf('TimeoutStopSec');
  // A worker that hangs exits by itself 10 s after its drain.
  expect(Number(seconds)).toBeGreaterThan(drain.as('seconds') + 10);
});
