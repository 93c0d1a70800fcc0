import { expect, test } from 'vitest';
import type { PointsharpAuth, SuperofficeAuth } from '../../../simulators/http/auth.ts';
import { ask, start, who } from '../world.ts';

function basicOf(username: string, password: string) {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

const pointsharpCases: readonly [string, PointsharpAuth, Record<string, string>, Record<string, string>][] = [
  ['basic', { kind: 'basic', username: 'åke', password: 'a:b' }, basicOf('åke', 'a:b'), basicOf('åke', 'a')],
  [
    'a header',
    { kind: 'header', name: 'X-Api-Key', value: 'k1' },
    { 'x-api-key': 'k1' },
    { 'x-api-key': 'k2' },
  ],
];

test.for(pointsharpCases)(
  'Pointsharp demands %s and shows a page to others',
  async ([, auth, right, wrong]) => {
    const simulators = await start({ pointsharpAuth: auth });
    const url = `${simulators.pointsharp.url}Device/Windows?${who(simulators, 0)}`;
    for (const headers of [wrong, {}]) {
      expect(await ask('DELETE', url, { headers })).toMatchObject({
        status: 401,
        body: expect.stringContaining('<html'),
      });
    }
    expect(simulators.pointsharp.traffic.facts().writesApplied).toEqual({});
    expect(await ask('DELETE', url, { headers: right })).toMatchObject({ status: 200 });
  },
);

const superofficeCases: readonly [string, SuperofficeAuth, Record<string, string>, Record<string, string>][] =
  [
    ['Basic', { kind: 'basic', username: 'u', password: 'p' }, basicOf('u', 'p'), basicOf('u', 'q')],
    ['Bearer', { kind: 'bearer', token: 't' }, { authorization: 'Bearer t' }, { authorization: 'Basic t' }],
    [
      'SOTicket',
      { kind: 'soticket', token: '7T:x' },
      { authorization: 'SOTicket 7T:x' },
      { authorization: 'SOTicket 7T:y' },
    ],
    [
      'SOTicket and an application token',
      { kind: 'soticket', token: '7T:x', appToken: 'app' },
      { authorization: 'SoTicket 7T:x', 'so-apptoken': 'app' },
      { authorization: 'SOTicket 7T:x' },
    ],
    [
      'X-XSRF-TOKEN',
      { kind: 'xsrf', token: 'x', cookie: 'session=s' },
      { 'x-xsrf-token': 'x', cookie: 'other=o; session=s' },
      { 'x-xsrf-token': 'x', cookie: 'session=s', authorization: 'Bearer x' },
    ],
    [
      'the session cookie of X-XSRF-TOKEN',
      { kind: 'xsrf', token: 'x', cookie: 'session=s' },
      { 'x-xsrf-token': 'x', cookie: 'session=s' },
      { 'x-xsrf-token': 'x', cookie: 'session=t' },
    ],
  ];

test.for(superofficeCases)('SuperOffice demands %s and says so in JSON', async ([, auth, right, wrong]) => {
  const simulators = await start({ superofficeAuth: auth });
  const url = `${simulators.superoffice.url}v1/Agents/Pocket/GetRegisteredDevices`;
  const body = { AssociateId: 1001 };
  for (const headers of [wrong, {}]) {
    const reply = await ask('POST', url, { headers, body });
    expect(reply.status).toBe(401);
    expect(Object.keys(JSON.parse(reply.body))).toEqual([
      'Error',
      'ErrorType',
      'ErrorMessage',
      'ErrorSource',
    ]);
  }
  expect(await ask('POST', url, { headers: right, body })).toMatchObject({ status: 200 });
});
