import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pointsharpWriter } from '../../src/clients/pointsharp/client.ts';
import { superofficeReader } from '../../src/clients/superoffice/client.ts';
import { redactor } from '../../src/security/redact.ts';
import { type Reply, startServer } from '../clients/local-server.ts';
import { anyText } from '../clients/texts.ts';
import { failureOf, pointsharpAt, session, superofficeAt } from '../clients/vendors.ts';

const user = 'ops';
const canary = 'cånary/+ "secret" 100%';
const headerCanary = 'canary/+ "header" 100%';

/** Echoes everything that came in, in the forms in which servers do so. */
function echo(status: number, contentType: string): Reply {
  return (received, response) => {
    const text = [
      JSON.stringify(received.headers),
      ...Object.values(received.headers).flatMap((value) => [value, encodeURIComponent(String(value))]),
      `${user}:${canary}`,
      canary,
      encodeURIComponent(canary),
      encodeURIComponent(canary).toLowerCase(),
      Buffer.from(`${user}:${canary}`).toString('base64'),
      Buffer.from(canary).toString('base64'),
      headerCanary,
      headerCanary.replaceAll('"', '&quot;'),
    ];
    // One by one, so that the length limit hides none of them.
    const turn = Number(/turn-(\d+)/.exec(received.target + received.body)?.[1] ?? 0) % text.length;
    const shown = String(text[turn]);
    const body = contentType === 'text/html' ? `<html><title>${shown}</title>${shown}</html>` : shown;
    response.writeHead(status, { 'content-type': contentType }).end(body);
  };
}

const forms = [canary, headerCanary].flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  JSON.stringify(secret).slice(1, -1),
]);
forms.push(Buffer.from(`${user}:${canary}`).toString('base64'));

function outputs(error: Error): string {
  return [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 10, showHidden: true }),
  ].join('\n');
}

function expectNoSecret(output: string): void {
  const lower = output.toLowerCase();
  for (const form of forms) expect(lower).not.toContain(form.toLowerCase());
}

test.each([200, 400, 401, 500])('no output of a failure shows what signs in (%d)', async (status) => {
  const html = await startServer(echo(status, 'text/html'));
  const plain = await startServer(echo(status === 200 ? 429 : status, 'text/plain'));
  for (const { url } of [html, plain]) {
    const clients = [
      pointsharpAt(url, { auth: 'basic', username: user, password: canary, headerValue: headerCanary }),
      pointsharpAt(url, {
        auth: 'header',
        headerName: 'X-Key',
        headerValue: headerCanary,
        password: canary,
        username: user,
      }),
    ];
    for (const client of clients.map((connections) => pointsharpWriter(session(connections)))) {
      for (let turn = 0; turn < 24; turn++) {
        const failure = await failureOf(client.removeWindows({ username: `turn-${turn}` }));
        expect(failure.vendorMessage).toBeTruthy();
        expectNoSecret(outputs(failure));
      }
    }
  }
});

test('a token, an app token and the key of the hash do not show either', async () => {
  const server = await startServer((received, response) => {
    response
      .writeHead(500)
      .end([received.headers.authorization, received.headers['so-apptoken'], 'canary-key'].join(' '));
  });
  const config = {
    auth: 'soticket',
    token: '7T:canary-token',
    appToken: 'canary-app',
    handleKey: 'canary-key',
  } as const;
  const failure = await failureOf(
    superofficeReader(session(superofficeAt(server.url, config))).listRegistrations(1),
  );
  expect(failure.vendorMessage).toBe('[secret] [secret] [secret]');
  expect(outputs(failure)).not.toContain('canary');
});

test('a failed connection shows no secret in any output', async () => {
  const server = await startServer((_received, response) => response.destroy());
  const connections = pointsharpAt(server.url, { auth: 'basic', username: user, password: canary });
  const failure = await failureOf(pointsharpWriter(session(connections)).removeWindows({ username: 'kari' }));
  expectNoSecret(outputs(failure));
  expectNoSecret(inspect(connections, { depth: 10, showHidden: true }));
  expectNoSecret(inspect(session(connections), { depth: 10, showHidden: true }));
});

test('a push handle does not show, not in the registrations and not in failures', async () => {
  const bodies = [
    '[{"PNSHandle":"apns:canary"}]',
    '[{"PNSHandle":"apns:canary","TimeZoneId":"x"}]',
    '[{"PNSHandle":"apns:canary"',
  ];
  const server = await startServer((_received, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(bodies.shift());
  });
  const client = superofficeReader(session(superofficeAt(server.url)));
  expect(inspect(await client.listRegistrations(1), { depth: 10 })).not.toContain('canary');
  expect(outputs(await failureOf(client.listRegistrations(1)))).not.toContain('canary');
  expect(outputs(await failureOf(client.listRegistrations(1)))).not.toContain('canary');
});

test('a redactor leaves no form of a secret in any text', () => {
  const secrets = anyText(6);
  fc.assert(
    fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
      const redact = redactor([secret, undefined, '']);
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
        expect(redact(`${before}${form}${after}`)).not.toContain(form);
    }),
  );
});

test('a redactor without secrets leaves a text as it is', () => {
  expect(redactor([undefined, ''])('as it is')).toBe('as it is');
});

test.each([
  ['as it is', ' päss"+ wörd '],
  ['without the blanks around it, as a server reads a header', 'päss"+ wörd'],
  ['in base64 of its UTF-8', Buffer.from(' päss"+ wörd ', 'utf8').toString('base64').replace(/=+$/, '')],
  ['in base64 for addresses', Buffer.from(' päss"+ wörd ', 'utf8').toString('base64url')],
  ['in base64 of its Latin-1', Buffer.from(' päss"+ wörd ', 'latin1').toString('base64').replace(/=+$/, '')],
  ['percent-encoded', encodeURIComponent(' päss"+ wörd ')],
  ['as in a form, blanks as plus signs', '+p%C3%A4ss%22%2B+w%C3%B6rd+'],
  ['as in JSON', String.raw` päss\"+ wörd `],
  ['in capitals', ' PÄSS"+ WÖRD '],
])('a secret that a server echoes %s is replaced as a whole', (_form, echoed) => {
  expect(redactor([' päss"+ wörd '])(`<${echoed}>`)).toBe('<[secret]>');
});

test('a secret that holds another one is replaced as a whole, whichever comes first', () => {
  for (const secrets of [
    ['canary', 'canary-canary'],
    ['canary-canary', 'canary'],
  ])
    expect(redactor(secrets)('it is canary-canary, not canary')).toBe('it is [secret], not [secret]');
});

test.each([
  ['ö>>', 'w7Y+Pg', 'utf8'],
  ['ö>>>', '9j4+Pg', 'latin1'],
] as const)(
  'the secret %j in base64 is replaced also where its padding was left out: %s',
  (secret, encoded, encoding) => {
    expect(redactor([secret])(`<${encoded}>`)).toBe('<[secret]>');
    expect(Buffer.from(encoded, 'base64').toString(encoding)).toBe(secret);
  },
);

test.each([
  ['a', 'a bad day at the gate', 'a bad day at the gate'],
  ['a', 'a', '[secret]'],
  ['a', 'password=a&user=b', 'password=[secret]&user=b'],
  ['a', 'The password: a', 'The password: [secret]'],
  ['a', '{"password":"a","a":1}', '{"password":"[secret]","a":1}'],
  ['a', 'https://user:a@host/a', 'https://user:[secret]@host/a'],
  ['1', '{"applied":1,"text":"took 1 s"}', '{"applied":1,"text":"took 1 s"}'],
  ['12345', '{"applied":12345,"all":[12345],"text":"12345 of 123456"}', undefined],
  ['abcd', 'abcd is wrong, abcde is not (abcd)', '[secret] is wrong, abcde is not ([secret])'],
  ['abcdef', 'xabcdefx', 'x[secret]x'],
])('the short secret %j in %j is replaced only where it is a value', (secret, text, redacted) => {
  const number = '{"applied":12345,"all":[12345],"text":"[secret] of 123456"}';
  expect(redactor([secret])(text)).toBe(redacted ?? number);
});
