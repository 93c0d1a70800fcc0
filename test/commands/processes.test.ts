import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startShipped } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

/*
 * Other tests run commands inside the process of the test, where nobody sees a connection or a timer that is left open,
 * and start processes from a bundle of the program. Here each is started as it is shipped.
 */

let endToEnd: EndToEnd;
let held: string[];

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 4 });
  held = [];
  for (const job of ['purge-windows', 'refresh-timed-devices']) {
    const run = await endToEnd.run(['run', job, '--json'], {
      CARETAKER_MODE: 'enforce',
      PURGE_WINDOWS_MAX_ACTIONS: '1',
      PURGE_WINDOWS_HOLD_ON: 'max-actions',
      REFRESH_TIMED_DEVICES_MAX_ACTIONS: '0',
      REFRESH_TIMED_DEVICES_HOLD_ON: 'max-actions',
    });
    held.push(run.json<{ run: { id: string } }>().run.id);
  }
}, 240_000);
afterAll(() => endToEnd.close());

it('every command ends by itself as a process, with its exit code and whole output', async () => {
  const file = join(endToEnd.folder, 'plan.json');
  const user = endToEnd.simulators.people.username(1);
  const [first = '', second = ''] = held;
  const lines: readonly (readonly [words: readonly string[], code: number, prints: RegExp])[] = [
    [['doctor'], 0, /roster/],
    [['schedules'], 0, /purge-windows/],
    [['plan', 'purge-windows', '--out', file], 0, /plan/],
    [['plan', 'show', file], 0, /plan/],
    [['explain', user], 0, /purge-windows/],
    [['runs'], 0, /held/],
    [['runs', first], 0, /held/],
    [['reject', first], 0, /rejected/],
    [['apply', file], 0, /applied/],
    [['run', 'audit-pocket'], 0, /audit-pocket/],
    [['pause', 'purge-windows'], 0, /paused/],
    [['run', 'purge-windows'], 2, /paused/],
    [['resume', 'purge-windows'], 0, /resumed/],
    [['trigger', 'purge-windows'], 0, /purge-windows/],
    [['stop', 'no-such-run'], 2, /no-such-run/],
    [['approve', second], 0, /approved/],
    [['device', 'list', user], 0, /id/],
    [['pocket', 'list', '1'], 0, /./],
    [['history'], 0, /pause/],
    [['config'], 0, /CARETAKER_MODE/],
    [['--help'], 0, /Commands/],
  ];
  for (const [words, code, prints] of lines) {
    const result = await startShipped(words, { ...endToEnd.environment, CARETAKER_MODE: 'enforce' }).ended;
    expect.soft([...words, result.code]).toEqual([...words, code]);
    expect.soft(result.output + result.errors).toMatch(prints);
  }
}, 240_000);
