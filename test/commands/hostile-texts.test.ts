import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { escapeCode } from './streams.ts';
import { openTerminal } from './terminal.ts';

/*
 * Names and messages come from a roster, a vendor or a producer. On a terminal they may not do anything but be read:
 * no control sequence, no second line that looks like one of ours, no letters that run the other way.
 */

/** Sets the title, clears the screen, hides what follows, turns the writing around, and pretends to be a line. */
const hostile = `${escapeCode}]0;owned\u0007${escapeCode}[2J${escapeCode}[8m\u009b31m\u202e\nexit 0: all well\r\u2028`;
/** What may not stand in output that is not for a terminal; all else is printable characters and ends of lines. */
const forbidden = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202e]/u;

let endToEnd: EndToEnd;
let vendor: Server;
let environment: Record<string, string>;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 4 });
  vendor = createServer((request, response) => {
    const isPointsharp = request.url?.includes('/Device');
    const device = {
      DeviceId: `d${hostile}`,
      FriendlyName: hostile,
      DeviceType: hostile,
      UserAgent: hostile,
    };
    const registration = { DeviceName: hostile, DeviceIdentifier: `i${hostile}`, PocketVersion: hostile };
    const answer = JSON.stringify([isPointsharp ? device : registration]);
    const refusal = JSON.stringify({ Message: hostile });
    const isRefused = request.method === 'DELETE';
    request.resume().on('end', () => {
      response
        .writeHead(isRefused ? 400 : 200, { 'content-type': 'application/json' })
        .end(isRefused ? refusal : answer);
    });
  });
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
  const address = vendor.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/api/`;
  const people = [{ username: `evil${hostile}`, userStorageName: `AD${hostile}`, associateId: 919 }];
  const rows = people.map((person) => JSON.stringify(person)).join('\n');
  environment = {
    ...endToEnd.environment,
    POINTSHARP_URL: url,
    SUPEROFFICE_URL: url,
    CARETAKER_ROSTER: await endToEnd.file('evil.ndjson', `${rows}\n`),
    PURGE_WINDOWS_MAX_ACTIONS: '10',
  };
});
afterAll(async () => {
  vendor.close();
  await endToEnd.close();
});

const lines: [what: string, words: string[], extra?: Record<string, string>][] = [
  ['a run that fails', ['run', 'purge-windows', '--mode', 'enforce', '--requested-by', hostile]],
  [
    'a run that fails, as JSON',
    ['run', 'purge-windows', '--mode', 'enforce', '--json', '--requested-by', hostile],
  ],
  ['an audit with all it logs', ['run', 'audit-pocket'], { LOG_LEVEL: 'trace' }],
  ['an explanation', ['explain', `evil${hostile}`]],
  ['an explanation as JSON', ['explain', `evil${hostile}`, '--json']],
  ['the devices', ['device', 'list', `evil${hostile}`]],
  ['the devices as JSON', ['device', 'list', `evil${hostile}`, '--json']],
  ['a write by hand', ['device', 'remove', `evil${hostile}`, `d${hostile}`, '--yes', '--reason', hostile]],
  ['a write by hand that nobody can confirm', ['device', 'remove', `evil${hostile}`, '--all']],
  ['what a write by hand would do', ['device', 'remove', `evil${hostile}`, '--all', '--dry-run']],
  ['the registrations', ['pocket', 'list', '919']],
  ['a wrong user', ['explain', `nobody${hostile}`]],
  ['a wrong run', ['runs', `none${hostile}`]],
  ['a wrong job', ['run', `none${hostile}`]],
];

it.each(lines)('the output of %s shows no control character', async (_what, words, extra = {}) => {
  const { output, errors } = await endToEnd.run(words, { ...environment, ...extra });
  for (const text of [output, errors]) expect(text.match(forbidden)).toBeNull();
  // Shown, so that it is seen that something was there.
  expect(output + errors).toMatch(/\\u001b\]0;owned\\u0007/);
  expect(output + errors).not.toMatch(/^exit 0/m);
});

it('the latest runs and a pause show no control character', async () => {
  await endToEnd.run(['run', 'purge-windows', '--requested-by', hostile], environment);
  await endToEnd.run(['pause', 'purge-windows', '--note', hostile], environment);
  const { id } = (await endToEnd.run(['runs', '--json'], environment)).json<{ run: { id: string } }[]>()[0]
    ?.run ?? {
    id: '',
  };
  for (const words of [
    ['runs'],
    ['runs', id],
    ['schedules'],
    ['history'],
    ['history', '--json'],
    ['run', 'purge-windows'],
  ]) {
    const { output, errors } = await endToEnd.run(words, environment);
    for (const text of [output, errors]) expect(text.match(forbidden)).toBeNull();
  }
  await endToEnd.run(['resume', 'purge-windows'], environment);
});

it.each(['meta', 'events', 'completed', 'id', 'wait', 'de', '../runs', '*', 'a:b'])(
  'the name %s of something in Redis that is no run is no run',
  async (id) => {
    for (const words of [
      ['runs', id],
      ['approve', id],
      ['reject', id],
    ]) {
      const result = await endToEnd.run(words, environment);
      expect(result).toMatchObject({ code: 2, output: '' });
      expect(result.errors).toMatch(/^caretaker: There is no run [^\n]+\n$/m);
    }
  },
);

it('JSON output holds the same text that came in', async () => {
  const result = await endToEnd.run(['explain', `evil${hostile}`, '--json'], environment);
  const [first] = result.json<{ user: { username: string } }[]>();
  expect(first?.user.username).toBe(`evil${hostile}`);
});

it('a terminal shows our own colors and nothing else', async () => {
  const { ended } = openTerminal(['explain', `evil${hostile}`], { ...environment, LOG_LEVEL: 'warn' });
  const { shown } = await ended;
  expect(shown).toContain(`${escapeCode}[1mpurge-windows for evil\\u001b]0;owned`);
  const colors = new RegExp(`${escapeCode}\\[(?:1|22|3[1-79])m`, 'g');
  expect(shown.replaceAll('\r\n', '\n').replace(colors, '').match(forbidden)).toBeNull();
});
