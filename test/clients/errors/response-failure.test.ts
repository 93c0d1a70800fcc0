import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Remedy, VendorError, type VendorErrorName } from '../../../src/clients/errors/vendor-error.ts';
import { pointsharpWriter } from '../../../src/clients/pointsharp/client.ts';
import { superofficeReader } from '../../../src/clients/superoffice/client.ts';
import { OperatorError } from '../../../src/domain/operator-error.ts';
import { always, startServer } from '../local-server.ts';
import { failureOf, fixture, pointsharpAt, session, superofficeAt } from '../vendors.ts';

type Row = readonly [status: number, name: VendorErrorName, remedy: Remedy, advice: string];

const pointsharpRows: readonly Row[] = [
  [301, 'Misconfigured', 'ask-others', 'Check POINTSHARP_URL'],
  [302, 'Misconfigured', 'ask-others', 'Check POINTSHARP_URL'],
  [400, 'Refused', 'fail-user', 'Check this user'],
  [401, 'Misconfigured', 'stop-run', 'Check POINTSHARP_AUTH'],
  [403, 'Misconfigured', 'ask-others', 'disables this endpoint'],
  [404, 'Misconfigured', 'ask-others', 'Check POINTSHARP_URL'],
  [405, 'Misconfigured', 'ask-others', 'version of the server does not support'],
  [408, 'Throttled', 'retry-batch', 'If this persists'],
  [407, 'Misconfigured', 'stop-run', 'POINTSHARP_PROXY'],
  [409, 'Misconfigured', 'ask-others', 'Check POINTSHARP_URL'],
  [415, 'Misconfigured', 'ask-others', 'Check POINTSHARP_URL'],
  [421, 'Misconfigured', 'ask-others', 'Check POINTSHARP_URL'],
  [422, 'Misconfigured', 'ask-others', 'Check POINTSHARP_URL'],
  [429, 'Throttled', 'retry-batch', 'POINTSHARP_REQUESTS_PER_SECOND'],
  [500, 'Broken', 'retry-batch', 'If this persists'],
  [502, 'Broken', 'retry-batch', 'If this persists'],
  [503, 'Broken', 'retry-batch', 'If this persists'],
];

test.each(pointsharpRows)('Pointsharp answering %d is %s: %s', async (status, name, remedy, advice) => {
  const server = await startServer(
    always(status, 'What the server says', { location: 'http://127.0.0.1:1/elsewhere' }),
  );
  const client = pointsharpWriter(session(pointsharpAt(server.url)));
  for (const [operation, call] of [
    ['GET Device', client.listDevices({ username: 'kari', userStorageName: 'AD' })],
    ['PUT Device/UpdateTime', client.updateDeviceTime({ username: 'kari', userStorageName: 'AD' }, 'd1')],
  ] as const) {
    const failure = await failureOf(call);
    const vendorMessage = 'What the server says';
    expect(failure).toMatchObject({ name, remedy, status, operation, vendorMessage, vendor: 'pointsharp' });
    expect(failure.message).toContain(operation);
    expect(failure.message).toContain('kari in AD');
    expect(failure.message).toContain(advice);
  }
  expect(server.received).toHaveLength(2);
});

const superofficeRows: readonly Row[] = [
  [400, 'Refused', 'fail-user', 'No such associate'],
  [401, 'Misconfigured', 'stop-run', 'Check SUPEROFFICE_AUTH'],
  [403, 'Misconfigured', 'ask-others', 'lacks rights'],
  [405, 'Misconfigured', 'ask-others', 'SUPEROFFICE_URL'],
  [421, 'Misconfigured', 'ask-others', 'SUPEROFFICE_URL'],
  [500, 'Broken', 'retry-batch', 'No such associate'],
];

test.each(superofficeRows)('SuperOffice answering %d is %s: %s', async (status, name, remedy, advice) => {
  const body = {
    Error: true,
    ErrorType: 'SoServerException',
    ErrorMessage: 'No such associate',
    ErrorSource: 'x',
  };
  const server = await startServer(always(status, JSON.stringify(body)));
  const failure = await failureOf(
    superofficeReader(session(superofficeAt(server.url))).listRegistrations(919),
  );
  expect(failure).toMatchObject({
    name,
    remedy,
    status,
    vendor: 'superoffice',
    vendorMessage: 'No such associate',
  });
  expect(failure.message).toContain('associate 919');
  expect(failure.message).toContain(advice);
});

const date = 'Wed, 10 Sep 2025 12:00:00 GMT';
test.each([
  [429, '7', 7000],
  [408, '0', 0],
  [503, '120', 120_000],
  [503, 'Wed, 10 Sep 2025 12:00:30 GMT', 30_000],
  [429, 'Wed, 10 Sep 2025 11:00:00 GMT', 0],
])('the status %d with Retry-After %s asks to wait %d ms', async (status, retryAfter, retryAfterMs) => {
  const server = await startServer(always(status, '', { 'retry-after': retryAfter, date }));
  const failure = await failureOf(
    pointsharpWriter(session(pointsharpAt(server.url))).removeWindows({ username: 'kari' }),
  );
  expect(failure).toMatchObject({ name: 'Throttled', remedy: 'retry-batch', retryAfterMs });
});

test.each(['soon', '-1', '1e99', ''])(
  '429 with the unreadable Retry-After %j says nothing of a wait',
  async (retryAfter) => {
    const server = await startServer(always(429, '', { 'retry-after': retryAfter }));
    const failure = await failureOf(
      pointsharpWriter(session(pointsharpAt(server.url))).removeWindows({ username: 'kari' }),
    );
    expect(failure.name).toBe('Throttled');
    expect(failure).not.toHaveProperty('retryAfterMs');
  },
);

/** What a read and a write say that get this in place of an answer: the others tell whom it concerns. */
async function comparedWithOthers(
  body: string,
  contentType: string,
  vendorMessage: string,
): Promise<string[]> {
  const server = await startServer(always(200, body, { 'content-type': contentType }));
  const client = pointsharpWriter(session(pointsharpAt(server.url)));
  const user = { username: 'kari' };
  const failures = [
    await failureOf(client.listDevices(user)),
    await failureOf(client.removeExpiredWindows(user)),
  ];
  for (const failure of failures) {
    expect(failure).toMatchObject({
      name: 'Misconfigured',
      remedy: 'ask-others',
      status: 200,
      vendorMessage,
    });
  }
  return failures.map(({ message }) => message);
}

test.each([
  ['text/html; charset=utf-8', '<html><head><title>Sign in</title></head><body>…</body></html>'],
  ['application/json', '\r\n <!DOCTYPE html><title>Sign in</title>'],
  ['text/HTML', 'Sign in'],
])(
  'a page (%s) in place of an answer is compared with the others, for reads and for writes',
  async (contentType, body) => {
    for (const message of await comparedWithOthers(body, contentType, 'Sign in')) {
      expect(message).toContain('login page');
    }
  },
);

test.each([
  ['application/xml', '<?xml version="1.0"?><Error><Message>Not JSON</Message></Error>'],
  ['application/json', '<Error><Message>Not JSON</Message></Error>'],
])(
  'XML (%s) in place of an answer is compared with the others, and is called XML',
  async (contentType, body) => {
    for (const message of await comparedWithOthers(body, contentType, 'Not JSON')) {
      expect(message).toContain('the server returned XML (Not JSON) instead of JSON');
      expect(message).not.toContain('page');
    }
  },
);

test.each([400, 403, 404, 500])('the status %d in XML is never called a page', async (status) => {
  const body = '<Error><Message>HTTPS port</Message></Error>';
  const server = await startServer(always(status, body, { 'content-type': 'application/xml' }));
  const failure = await failureOf(
    pointsharpWriter(session(pointsharpAt(server.url))).removeWindows({ username: 'kari' }),
  );
  expect(failure).toMatchObject({ status, vendorMessage: 'HTTPS port' });
  expect(failure.message).not.toContain('page');
  expect(failure.name).toBe(status === 400 ? 'Refused' : status === 500 ? 'Broken' : 'Misconfigured');
});

test('a page of nginx about a missing client certificate stops the run', async () => {
  const page = '<html><head><title>400 No required SSL certificate was sent</title></head></html>';
  const server = await startServer(always(400, page, { 'content-type': 'text/html' }));
  const failure = await failureOf(
    pointsharpWriter(session(pointsharpAt(server.url))).removeWindows({ username: 'kari' }),
  );
  expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run', status: 400 });
  expect(failure.message).toContain('POINTSHARP_CERTIFICATE_FILE');
});

const iis = (code: string) =>
  `<!DOCTYPE html><html><head><title>IIS 10.0 Detailed Error - ${code}</title></head><body>…</body></html>`;
const html = { 'content-type': 'text/html; charset=utf-8' };

test.each([
  ['403.7 - Forbidden', 'none', 'set POINTSHARP_AUTH=certificate'],
  ['403.16 - Forbidden', 'none', 'set POINTSHARP_AUTH=certificate'],
  ['403.7 - Forbidden', 'certificate', 'On the binding of IIS, enable Negotiate Client Certificate'],
  ['403.16 - Forbidden', 'certificate', 'the server trusts the authority of POINTSHARP_CERTIFICATE_FILE'],
] as const)(
  'a page with %s, with auth=%s, names certificate, address rules and firewall: %s',
  async (code, auth, advice) => {
    const server = await startServer(always(403, iis(code), html));
    const own = {
      auth,
      certificateFile: fileURLToPath(fixture('client.pem')),
      keyFile: fileURLToPath(fixture('client.key.pem')),
      keyPassphrase: 'canary-passphrase',
    };
    const failure = await failureOf(
      pointsharpWriter(session(pointsharpAt(server.url, own))).removeWindows({ username: 'kari' }),
    );
    expect(failure.problem).toContain(`answered 403 (IIS 10.0 Detailed Error - ${code}) with a web page`);
    expect(failure.problem).not.toContain('endpoint');
    for (const part of [advice, 'rules for addresses', 'firewall']) expect(failure.advice).toContain(part);
    expect(failure.advice).not.toContain('credentials are not the cause');
  },
);

test('a page with 403 from SuperOffice names address rules and firewall before the rights of the user', async () => {
  const server = await startServer(always(403, iis('403.6 - Forbidden'), html));
  const failure = await failureOf(
    superofficeReader(session(superofficeAt(server.url))).listRegistrations(919),
  );
  expect(failure.advice).toMatch(
    /^Check the rules for addresses and certificates .* firewall .*SUPEROFFICE_AUTH/,
  );
});

test('403 without a page is still about the endpoint', async () => {
  const server = await startServer(always(403, 'Path is disabled'));
  const failure = await failureOf(
    pointsharpWriter(session(pointsharpAt(server.url))).removeWindows({ username: 'kari' }),
  );
  expect(failure.problem).toContain('the configuration of the server disables this endpoint');
});

test.each([
  [['Negotiate', 'NTLM'], 'it offers only Negotiate and NTLM'],
  [['Negotiate, NTLM'], 'it offers only Negotiate and NTLM'],
  [['NTLM'], 'it offers only NTLM'],
  [['Negotiate oXcwdaADCgEBoloEWE5UTE1TU1A='], 'it offers only Negotiate'],
])('401 that offers %j says so, and how this program can sign in', async (offers, reason) => {
  const server = await startServer(always(401, '', { 'www-authenticate': offers }));
  const failure = await failureOf(
    pointsharpWriter(session(pointsharpAt(server.url))).removeWindows({ username: 'kari' }),
  );
  expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run', status: 401 });
  expect(failure.problem).toContain(reason);
  expect(failure.advice).toContain('basic, a header or a client certificate');
  const other = await failureOf(superofficeReader(session(superofficeAt(server.url))).listRegistrations(919));
  expect(other.problem).toContain(reason);
  expect(other.advice).toContain('enable basic');
});

test.each([
  [[]],
  [['Basic realm="Pointsharp, NTLM"']],
  [['Negotiate', 'Basic realm="x"']],
  [['Negotiate, Basic realm="x"']],
  [['Digest realm="x", nonce="Negotiate", qop=auth']],
  [['=, ,"']],
])('401 that offers %j is about the credentials', async (offers) => {
  const server = await startServer(always(401, '', { 'www-authenticate': offers }));
  const failure = await failureOf(
    pointsharpWriter(session(pointsharpAt(server.url))).removeWindows({ username: 'kari' }),
  );
  expect(failure.problem).toContain('it does not accept the credentials');
});

test.each(['[{"DeviceId":"d1"', 'nonsense', '\u0000'])(
  'the body %j of a read makes its batch retry',
  async (body) => {
    const server = await startServer(always(200, body));
    const client = pointsharpWriter(session(pointsharpAt(server.url)));
    const failure = await failureOf(client.listDevices({ username: 'kari' }));
    expect(failure).toMatchObject({ name: 'Unreadable', remedy: 'retry-batch', status: 200 });
  },
);

test.each([
  [200, ''],
  [200, ' \r\n'],
  [200, 'null'],
  [204, ''],
  [200, '[]'],
])('a read answered with %d %j is an empty list, at both vendors', async (status, body) => {
  const server = await startServer(always(status, body));
  const pointsharp = pointsharpWriter(session(pointsharpAt(server.url)));
  await expect(pointsharp.listDevices({ username: 'kari' })).resolves.toEqual([]);
  const superoffice = superofficeReader(session(superofficeAt(server.url)));
  await expect(superoffice.listRegistrations(919)).resolves.toEqual([]);
});

test.each([
  [200, ''],
  [200, 'null'],
  [200, '""'],
  [204, ''],
])('a write answered with %d %j is done', async (status, body) => {
  const server = await startServer(always(status, body));
  await expect(
    pointsharpWriter(session(pointsharpAt(server.url))).removeWindows({ username: 'kari' }),
  ).resolves.toBeUndefined();
});

test('an answer of more than 16 MiB fails its user', async () => {
  const server = await startServer(always(200, `[${' '.repeat(17 * 1024 * 1024)}]`));
  const client = pointsharpWriter(session(pointsharpAt(server.url)));
  const failure = await failureOf(client.listDevices({ username: 'kari' }));
  expect(failure).toMatchObject({ name: 'Unreadable', remedy: 'fail-user' });
});

test('all failures of a vendor are of one family, and say what failed and what to do apart', async () => {
  const server = await startServer(always(400, 'no'));
  const failure = await failureOf(
    pointsharpWriter(session(pointsharpAt(server.url))).removeWindows({ username: 'k' }),
  );
  expect(failure).toBeInstanceOf(VendorError);
  expect(failure).toBeInstanceOf(OperatorError);
  expect(failure.cause).toBeUndefined();
  expect(failure.exitCode).toBe(1);
  expect(failure.problem).toBe(
    'Pointsharp ID DELETE Device/Windows for k failed: the server refused the request (no).',
  );
  expect(failure.advice).toBe('Check this user in the roster and on the server.');
});
