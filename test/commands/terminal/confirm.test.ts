import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { confirm } from '../../../src/commands/terminal/confirm.ts';
import { openTrial, type Trial } from '../../support/trial.ts';
import { openStreams } from '../streams.ts';
import { openTerminal } from '../terminal.ts';

const person = 1;
let trial: Trial;

beforeAll(async () => {
  trial = await openTrial({ users: 5 });
});
afterAll(() => trial.close());
beforeEach(() => trial.simulators.reset());

const devices = () => trial.simulators.pointsharp.world.devices(person);

/** Starts to remove every device on a terminal, and answers the question. */
async function removeAll(answer: string) {
  const username = trial.simulators.people.username(person);
  const terminal = openTerminal(['device', 'remove', username, '--all'], trial.environment);
  await terminal.shows(`Remove every device of ${username}? Type yes to go on: `);
  expect(devices()).not.toEqual([]);
  terminal.type(answer);
  return terminal.ended;
}

it('goes on after a yes', async () => {
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
])('changes nothing after %s, says so in a line and exits 2', async (_what, keys) => {
  const before = devices();
  const { code, shown } = await removeAll(keys);
  expect(shown).toContain('caretaker: Nothing was changed.');
  expect(shown).not.toContain('    at ');
  expect(code).toBe(2);
  expect(devices()).toEqual(before);
});

it('asks nobody with --yes', async () => {
  const { door, errors } = openStreams(true);
  await confirm(door, 'Really?', true);
  expect(errors()).toBe('');
});

it('says how to confirm when there is no terminal', async () => {
  const { door } = openStreams(false);
  await expect(confirm(door, 'Really?', undefined)).rejects.toThrow(
    'Really? Nobody is there to be asked; say --yes if it is meant.',
  );
});
