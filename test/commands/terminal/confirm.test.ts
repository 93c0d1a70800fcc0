import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { confirm, requireTerminal } from '../../../src/commands/terminal/confirm.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { escapeCode, openStreams } from '../streams.ts';
import { openTerminal } from '../terminal.ts';

const person = 1;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 5 });
});
afterAll(() => endToEnd.close());
beforeEach(() => endToEnd.simulators.reset());

const devices = () => endToEnd.simulators.pointsharp.world.devices(person);

/** Starts to remove every device on a terminal, and types something at the question. */
async function removeAll(keys: string) {
  const username = endToEnd.simulators.people.username(person);
  const terminal = openTerminal(['device', 'remove', username, '--all'], endToEnd.environment);
  const count = devices().length;
  const storage = endToEnd.simulators.people.storage(person);
  const owner = `${username} in ${storage}, who has ${count} ${count === 1 ? 'device' : 'devices'}`;
  await terminal.shows(`Remove every device of ${owner}? Type yes to continue: `);
  expect(devices()).not.toEqual([]);
  terminal.type(keys);
  return terminal.ended;
}

it('a command that asks goes on after a yes', async () => {
  const { code, shown } = await removeAll('yes\n');
  expect(shown).toContain('removed every device of');
  expect(code).toBe(0);
  expect(devices()).toEqual([]);
});

it.each([
  ['another word', 'y\n'],
  ['nothing', '\n'],
  ['Ctrl+C', '\u0003'],
  ['Ctrl+D', '\u0004'],
])('a command that asks changes nothing after %s, says so in a line and exits 2', async (_what, keys) => {
  const before = devices();
  const { code, shown } = await removeAll(keys);
  expect(shown).toContain('caretaker: Nothing was changed. Type yes, or add --yes, to confirm.');
  expect(shown).not.toContain('    at ');
  expect(code).toBe(2);
  expect(devices()).toEqual(before);
});

it('a question on a terminal shows control characters of a name, and sends none of them', async () => {
  const name = `${escapeCode}[2Jowned`;
  const roster = await endToEnd.file('evil.ndjson', `${JSON.stringify({ username: name })}\n`);
  const terminal = openTerminal(['device', 'remove', name, '--all'], {
    ...endToEnd.environment,
    CARETAKER_ROSTER: roster,
  });
  await terminal.shows('Type yes to continue: ');
  terminal.type('no\n');
  const { shown } = await terminal.ended;
  expect(shown).toContain('Remove every device of \\u001b[2Jowned?');
  expect(shown).not.toContain(`${escapeCode}[2J`);
});

it('a command that asks says how to confirm when there is no terminal', async () => {
  const { context } = openStreams(false);
  const told =
    'This command asks for confirmation, and standard input is not a terminal: Really? ' +
    'Add --yes to confirm, or --dry-run to see what it would do.';
  expect(() => requireTerminal(context, 'Really?')).toThrow(told);
  await expect(confirm(context, 'Really?')).rejects.toThrow(told);
});
