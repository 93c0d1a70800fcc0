import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCaretaker } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { escapeCode } from './streams.ts';

interface Registration {
  readonly deviceName: string | null;
  readonly deviceIdentifier: string | null;
  readonly pushHandleHash: string | null;
}

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 200 });
});
afterAll(() => endToEnd.close());

/** The associate with most registrations, and what SuperOffice holds about him. */
function busiest() {
  const { people, superoffice } = endToEnd.simulators;
  const all = Array.from({ length: people.users }, (_, user) => {
    const associate = people.associateId(user);
    return { associate: String(associate), held: superoffice.world.registrations(associate) };
  });
  return all.reduce((one, other) => (other.held.length > one.held.length ? other : one));
}

it('caretaker pocket lists the registrations of an associate, with a hash in place of each push handle', async () => {
  const { associate, held } = busiest();
  const answer = await endToEnd.run(['pocket', 'list', associate, '--json']);
  expect(answer).toMatchObject({ code: 0, errors: '' });
  const listed = answer.json<Registration[]>();
  expect(listed.map(({ deviceName, deviceIdentifier }) => [deviceName, deviceIdentifier])).toEqual(
    held.map(({ DeviceName, DeviceIdentifier }) => [DeviceName, DeviceIdentifier]),
  );
  for (const [place, { PNSHandle }] of held.entries()) {
    expect(listed[place]?.pushHandleHash).toEqual(PNSHandle ? expect.stringMatching(/^[\w-]{16}$/) : null);
    if (PNSHandle) expect(answer.output).not.toContain(PNSHandle);
  }
});

it('caretaker pocket shows the same as a table', async () => {
  const { associate, held } = busiest();
  const answer = await endToEnd.run(['pocket', 'list', associate]);
  expect(answer).toMatchObject({ code: 0, errors: '' });
  expect(answer.output).toMatch(/^device +identifier +app +platform +system +language +push handle$/m);
  expect(answer.output.trim().split('\n')).toHaveLength(1 + held.length);
  for (const { DeviceName, PNSHandle } of held) {
    if (DeviceName) expect(answer.output).toContain(DeviceName);
    if (PNSHandle) expect(answer.output).not.toContain(PNSHandle);
  }
  expect(answer.output).toMatch(/ #[\w-]{16}$/m);
  expect(answer.output).not.toContain(escapeCode);
});

it('caretaker pocket has nothing to list for an associate nobody knows', async () => {
  const answer = await endToEnd.run(['pocket', 'list', '999999', '--json']);
  expect(answer).toMatchObject({ code: 0, output: '[]\n', errors: '' });
});

it('caretaker pocket says what to check when SuperOffice does not accept the sign-in, and exits 1', async () => {
  const answer = await endToEnd.run(['pocket', 'list', '1001'], { SUPEROFFICE_PASSWORD: 'not-the-password' });
  expect(answer).toMatchObject({ code: 1, output: '' });
  expect(answer.errors).toMatch(/^caretaker: SuperOffice .* 401 .*Check SUPEROFFICE_AUTH.*\n$/);
  expect(answer.errors).not.toContain('not-the-password');
});

it('caretaker pocket says that SuperOffice is not configured, and exits 2', async () => {
  const environment = { POINTSHARP_URL: endToEnd.simulators.pointsharp.url, AUDIT_POCKET_ENABLED: 'false' };
  const answer = await runCaretaker(['pocket', 'list', '1001'], environment);
  expect(answer).toMatchObject({ code: 2, output: '' });
  expect(answer.errors).toMatch(/^caretaker: This command needs SUPEROFFICE_URL, which is not set.*\n$/);
});
