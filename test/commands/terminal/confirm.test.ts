import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { confirm } from '../../../src/commands/terminal/confirm.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { openStreams } from '../streams.ts';
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
  await terminal.shows(`Remove every device of ${username}? Type yes to continue: `);
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

it('a command with --yes asks nobody', async () => {
  const { context, errors } = openStreams(true);
  await confirm(context, 'Really?', true);
  expect(errors()).toBe('');
});

it('a command that asks says how to confirm when there is no terminal', async () => {
  const { context } = openStreams(false);
  await expect(confirm(context, 'Really?', undefined)).rejects.toThrow(
    'This command asks for confirmation, and standard input is not a terminal: Really? Add --yes to confirm.',
  );
});
