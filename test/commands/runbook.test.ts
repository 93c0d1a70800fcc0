import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');

/** The commands that the runbook tells to give, in its order. A bare name such as `caretaker run` only speaks of one. */
function commandsIn(text: string): string[] {
  const found = [...text.matchAll(/`caretaker ([^`]+)`/g)].map(([, words = '']) => words);
  return [...new Set(found)].filter((words) => words.includes(' ') || !/^(run|pause|resume)$/.test(words));
}

/** Reads only: these may be given at the same time, in any order. */
const reading = /^(runs|schedules|explain|doctor|config|device list|pocket list|history|plan)\b/;
/** Only a worker takes what `trigger` asks for, and only a run under way can be stopped: tried in tests of their own. */
const notHere = /^(trigger|stop)\b/;
const commands = commandsIn(page).filter((words) => !notHere.test(words));
const [reads, changes] = [true, false].map((isRead) =>
  commands.filter((words) => reading.test(words) === isRead),
);

const tooMuch = {
  CARETAKER_MODE: 'enforce',
  PURGE_WINDOWS_MAX_ACTIONS: '1',
  PURGE_WINDOWS_HOLD_ON: 'max-actions',
  REFRESH_TIMED_DEVICES_MAX_ACTIONS: '1',
  REFRESH_TIMED_DEVICES_HOLD_ON: 'max-actions',
};

it('the runbook names commands that can be tried', () => {
  expect(reads?.length).toBeGreaterThan(6);
  expect(changes).toEqual(
    expect.arrayContaining(['approve <id> --note "…"', 'pause pointsharp', 'resume <what>', 'run <job>']),
  );
});

describe.each([
  ['with a worker', true],
  ['without a worker, as with CronJobs', false],
])('a command of the runbook, %s', (_way, hasWorker) => {
  let endToEnd: EndToEnd;
  const held: Record<string, string> = {};
  let user = '';
  let associate = '';
  let plan = '';

  beforeAll(async () => {
    endToEnd = await openEndToEnd({ users: 40 });
    const roster = readFileSync(endToEnd.environment.CARETAKER_ROSTER ?? '', 'utf8');
    const rows = roster.split('\r\n').map((row) => row.split(','));
    [user = '', , associate = ''] = rows.slice(1).find(([, , id]) => id) ?? [];
    for (const [decision, job] of [
      ['approve', 'purge-windows'],
      ['reject', 'refresh-timed-devices'],
    ] as const) {
      const run = await endToEnd.run(['run', job, '--json'], tooMuch);
      expect(run.code).toBe(3);
      held[decision] = run.json<Report>().run.id;
    }
    plan = join(endToEnd.folder, 'shown.plan');
    await endToEnd.run(['plan', 'purge-windows', '--out', plan]);
    if (hasWorker) await endToEnd.start(['worker']).says('worker ready');
  });
  afterAll(() => endToEnd.close());

  /** Gives a command with its gaps filled in. */
  function give(words: string) {
    const filled: Record<string, string> = {
      '<id>': held[words.split(' ')[0] ?? ''] ?? held.approve ?? '',
      '<job>': words.startsWith('plan') ? 'purge-windows' : 'audit-pocket',
      '<user>': user,
      '<associate>': associate,
      '<what>': 'pointsharp',
      '"…"': 'a note',
      FILE: words.startsWith('plan show') ? plan : join(endToEnd.folder, `${words.length}.plan`),
    };
    return endToEnd.run(words.split(' ').map((word) => filled[word] ?? word));
  }

  it('a command of the runbook that only reads works', async () => {
    const found = await Promise.all(
      (reads ?? []).map(async (words) => {
        const { code, output, errors } = await give(words);
        return code === 0 && output !== '' ? [] : [`caretaker ${words}: exit code ${code}\n${errors}`];
      }),
    );
    expect(found.flat()).toEqual([]);
  });

  it('a command of the runbook that changes something works, in the order of the page', async () => {
    const found: string[] = [];
    // What was paused is resumed before anything is to run.
    const inOrder = [...(changes ?? [])].sort((one, other) => rank(one) - rank(other));
    for (const words of inOrder) {
      const { code, errors } = await give(words);
      if (code !== 0) found.push(`caretaker ${words}: exit code ${code}\n${errors}`);
      if (words.startsWith('pause')) await give(words.replace('pause', 'resume').replace(/ --note.*/, ''));
    }
    expect(found).toEqual([]);
  });
});

function rank(words: string): number {
  return ['pause', 'resume', 'approve', 'reject'].indexOf(words.split(' ')[0] ?? '') + 1 || 5;
}
