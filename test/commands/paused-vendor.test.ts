import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { tokenFor, visit } from '../ops/visitor.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 20;
/** Users of the roster are those of SuperOffice. */
const archive = { CARETAKER_ROSTER: 'superoffice:' };
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users, frozen: true });
});
afterAll(() => endToEnd.close());
afterEach(async () => {
  for (const vendor of ['pointsharp', 'superoffice']) await endToEnd.run(['resume', vendor]);
  for (const vendor of [endToEnd.simulators.pointsharp, endToEnd.simulators.superoffice])
    vendor.traffic.reset();
});

async function pause(vendor: string): Promise<void> {
  const { code } = await endToEnd.run(['pause', vendor, '--note', 'upgrade', '--by', 'kari']);
  expect(code).toBe(0);
}

function asked() {
  const { pointsharp, superoffice } = endToEnd.simulators;
  return {
    pointsharp: pointsharp.traffic.facts().requests,
    superoffice: superoffice.traffic.facts().requests,
  };
}

const rosterIsThere =
  /superoffice has been paused since .* by kari \(upgrade\)\. The roster is read from there\. Resume it with: caretaker resume superoffice/;

it.each([
  ['run', ['run', 'purge-windows', '--mode', 'enforce']],
  ['run for a user', ['run', 'purge-windows', '--user', 'kari']],
  ['trigger', ['trigger', 'purge-windows']],
  ['trigger for a user', ['trigger', 'purge-windows', '--user', 'kari']],
])('caretaker %s is refused while the vendor is paused that the roster is read from', async (_, words) => {
  await pause('superoffice');
  const { code, errors } = await endToEnd.run(words, archive);
  expect(code).toBe(2);
  expect(errors).toMatch(rosterIsThere);
  expect(asked()).toEqual({ pointsharp: 0, superoffice: 0 });
});

it('caretaker run reads the roster from SuperOffice while that is not paused', async () => {
  const { code, output } = await endToEnd.run(
    ['run', 'purge-windows', '--mode', 'enforce', '--json'],
    archive,
  );
  expect(code).toBe(0);
  expect((JSON.parse(output) as Report).actions.applied).toBeGreaterThan(0);
  expect(asked().superoffice).toBeGreaterThan(0);
});

it('caretaker run with a roster in a file runs while SuperOffice is paused', async () => {
  await pause('superoffice');
  const { code } = await endToEnd.run(['run', 'purge-windows', '--mode', 'enforce', '--json']);
  expect(code).toBe(0);
  expect(asked().superoffice).toBe(0);
});

it('caretaker apply needs no roster, so a pause of the vendor that the roster is read from does not refuse it', async () => {
  const plan = `${endToEnd.folder}/purge.json`;
  await endToEnd.run(['plan', 'purge-windows', '--out', plan], archive);
  await pause('superoffice');
  endToEnd.simulators.superoffice.traffic.reset();
  const { code, errors } = await endToEnd.run(['apply', plan, '--mode', 'enforce', '--json'], archive);
  expect([code, errors]).toEqual([0, expect.not.stringContaining('paused')]);
  expect(asked().superoffice).toBe(0);
});

it('the console starts no run while the vendor is paused that the roster is read from, and says so', async () => {
  const visitor = await visit(endToEnd, archive);
  const action = '/jobs/purge-windows/runs';
  const token = tokenFor(await visitor.page('/'), action);
  await pause('superoffice');
  const response = await visitor.send(action, { token });
  expect(response.status).toBe(409);
  expect(await response.text()).toMatch(rosterIsThere);
  expect(asked()).toEqual({ pointsharp: 0, superoffice: 0 });
  const page = await visitor.page(`/users/${encodeURIComponent(endToEnd.simulators.people.username(0))}`);
  expect(page).toContain('This page asked it all the same.');
  await endToEnd.run(['resume', 'superoffice']);
  expect((await visitor.send(action, { token })).status).toBe(303);
  await visitor.worker.kill('SIGTERM');
});

const someone = () => endToEnd.simulators.people.username(1);
const openWindow = () => [
  'device',
  'open-window',
  someone(),
  '--minutes',
  '5',
  '--user-agent',
  'A*',
  '--yes',
];

it('a write by hand is refused while its vendor is paused, unless the command says --despite-pause', async () => {
  await pause('pointsharp');
  const refused = await endToEnd.run(openWindow());
  expect(refused).toMatchObject({ code: 2, output: '' });
  expect(refused.errors).toMatch(
    /^caretaker: pointsharp has been paused since .* by kari \(upgrade\)\. Nothing was written\. To write all the same, add --despite-pause\. Resume it with: caretaker resume pointsharp\n$/,
  );
  expect(asked().pointsharp).toBe(0);
  const tried = await endToEnd.run([...openWindow(), '--dry-run']);
  expect(tried).toMatchObject({ code: 0, output: expect.stringContaining('would open a device window') });
  expect(tried.errors).toContain('This command asks it all the same.');
  const written = await endToEnd.run([...openWindow(), '--despite-pause']);
  expect(written).toMatchObject({ code: 0, output: expect.stringContaining('opened a device window') });
  expect(written.errors).toContain('This command writes to it all the same.');
});

it('a write by hand is made without a word of pauses while its vendor is not paused', async () => {
  await pause('superoffice');
  const { code, errors } = await endToEnd.run(openWindow());
  expect([code, errors]).toEqual([0, expect.not.stringContaining('paused')]);
});

it.each([
  ['device list', 'pointsharp', () => ['device', 'list', someone()], {}],
  ['device list, for the roster,', 'superoffice', () => ['device', 'list', someone()], archive],
  ['pocket list', 'superoffice', () => ['pocket', 'list', '1000'], {}],
  ['explain', 'pointsharp', () => ['explain', someone()], {}],
  ['plan', 'pointsharp', () => ['plan', 'refresh-timed-devices', '--out', '-'], {}],
  ['roster check', 'superoffice', () => ['roster', 'check'], archive],
])('caretaker %s reads from a paused vendor all the same, and says so', async (_, vendor, words, extra) => {
  const before = await endToEnd.run(words(), extra);
  expect(before.errors).not.toContain('paused');
  await pause(vendor);
  const { code, errors } = await endToEnd.run(words(), extra);
  expect(code).toBe(before.code);
  expect(errors).toMatch(
    new RegExp(
      `^caretaker: ${vendor} has been paused since .* This command asks it all the same\\. Resume`,
      'm',
    ),
  );
});

it('a command that reads from a vendor needs no Redis, and then says nothing of pauses', async () => {
  const { code, errors } = await endToEnd.run(['device', 'list', someone()], {
    REDIS_URL: 'redis://127.0.0.1:9',
  });
  expect([code, errors]).toEqual([0, '']);
});
