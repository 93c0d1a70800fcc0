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

it('lists the registrations of an associate, with a hash instead of each push handle', async () => {
  const { associate, held } = busiest();
  const result = await endToEnd.run(['pocket', 'list', associate, '--json']);
  expect(result).toMatchObject({ code: 0, errors: '' });
  const listed = result.json<Registration[]>();
  expect(listed.map(({ deviceName, deviceIdentifier }) => [deviceName, deviceIdentifier])).toEqual(
    held.map(({ DeviceName, DeviceIdentifier }) => [DeviceName, DeviceIdentifier]),
  );
  for (const [index, { PNSHandle }] of held.entries()) {
    expect(listed[index]?.pushHandleHash).toEqual(PNSHandle ? expect.stringMatching(/^[\w-]{16}$/) : null);
    if (PNSHandle) expect(result.output).not.toContain(PNSHandle);
  }
});

it('prints the registrations as a table', async () => {
  const { associate, held } = busiest();
  const result = await endToEnd.run(['pocket', 'list', associate]);
  expect(result).toMatchObject({ code: 0, errors: '' });
  expect(result.output).toMatch(/^device +identifier +app +platform +system +language +push handle$/m);
  expect(result.output.trim().split('\n')).toHaveLength(1 + held.length);
  for (const { DeviceName, PNSHandle } of held) {
    if (DeviceName) expect(result.output).toContain(DeviceName);
    if (PNSHandle) expect(result.output).not.toContain(PNSHandle);
  }
  expect(result.output).toMatch(/ #[\w-]{16}$/m);
  expect(result.output).not.toContain(escapeCode);
});

it('asks SuperOffice only for the properties that --select names, and shows no other', async () => {
  const { associate, held } = busiest();
  const select = ['--select', 'PNSHandle, devicename,TimeZoneId'];
  const [listed, table] = await Promise.all([
    endToEnd.run(['pocket', 'list', associate, ...select, '--json']),
    endToEnd.run(['pocket', 'list', associate, ...select]),
  ]);
  expect(listed).toMatchObject({ code: 0, errors: '' });
  expect(listed.json()).toEqual(
    held.map(({ DeviceName, TimeZoneId, PNSHandle }) => ({
      deviceName: DeviceName,
      pushHandleHash: PNSHandle ? expect.stringMatching(/^[\w-]{16}$/) : null,
      timeZoneId: TimeZoneId,
    })),
  );
  expect(table.output).toMatch(/^device +push handle +time zone$/m);
  expect(endToEnd.simulators.superoffice.traffic.facts().violations.total).toBe(0);
});

it.each(['', 'DeviceName,', 'Handle', 'DeviceName;OSVersion'])(
  'caretaker pocket list does not ask for the properties %j, says which there are, and exits 2',
  async (select) => {
    const result = await endToEnd.run(['pocket', 'list', '1001', '--select', select]);
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toMatch(
      /^caretaker: .*property ".*DeviceName, DeviceIdentifier, .*TimeZoneId.*\n$/,
    );
  },
);

it('lists nothing for an associate that SuperOffice does not know', async () => {
  const result = await endToEnd.run(['pocket', 'list', '999999', '--json']);
  expect(result).toMatchObject({ code: 0, output: '[]\n', errors: '' });
});

it('caretaker pocket says what to check when SuperOffice does not accept the sign-in, and exits 1', async () => {
  const result = await endToEnd.run(['pocket', 'list', '1001'], { SUPEROFFICE_PASSWORD: 'not-the-password' });
  expect(result).toMatchObject({ code: 1, output: '' });
  expect(result.errors).toMatch(/^caretaker: SuperOffice .* 401 .*Check SUPEROFFICE_AUTH.*\n$/);
  expect(result.errors).not.toContain('not-the-password');
});

it('caretaker pocket says that SuperOffice is not configured, and exits 2', async () => {
  const environment = { POINTSHARP_URL: endToEnd.simulators.pointsharp.url, AUDIT_POCKET_ENABLED: 'false' };
  const result = await runCaretaker(['pocket', 'list', '1001'], environment);
  expect(result).toMatchObject({ code: 2, output: '' });
  expect(result.errors).toMatch(/^ {2}SUPEROFFICE_URL: is missing, but this command needs it; set it$/m);
});
