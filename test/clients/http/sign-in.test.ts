import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Meter } from '../../../src/clients/http/session.ts';
import { openVendorClients } from '../../../src/clients/vendors.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Environment } from '../../../src/config/settings/read-group.ts';
import { redactor } from '../../../src/security/redact.ts';
import { always, type Received, type Reply, startServer } from '../local-server.ts';
import { failureOf, fixture } from '../vendors.ts';

const kari = { username: 'kari' };

/** A file of a secret, and what replaces it at once, as Kubernetes does. */
function secretFile(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-secret-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'secret');
  writeFileSync(path, text);
  return {
    path,
    replace(other: string) {
      writeFileSync(join(folder, 'other'), other);
      renameSync(join(folder, 'other'), path);
    },
  };
}

function open(environment: Environment) {
  const config = loadConfig({ AUDIT_POCKET_ENABLED: 'false', ...environment }, [], DateTime.now());
  const clients = openVendorClients(config, undefined, { mode: 'enforce' });
  onTestFinished(() => clients.destroy());
  const client = (meter: Meter = { requests: 0 }) => clients.writers(meter, 'by hand').pointsharp();
  return { client, config };
}

function openBasic(url: URL, passwordFile: string) {
  return open({
    POINTSHARP_URL: url.href,
    POINTSHARP_AUTH: 'basic',
    POINTSHARP_USERNAME: 'caretaker',
    POINTSHARP_PASSWORD_FILE: passwordFile,
    POINTSHARP_REQUESTS_IN_FLIGHT: '8',
  });
}

function passwordOf({ headers }: Received): string {
  const [, encoded = ''] = /^Basic (.*)$/.exec(headers.authorization ?? '') ?? [];
  return Buffer.from(encoded, 'base64').toString('utf8').replace('caretaker:', '');
}

/** A server that lets in who has this password, and counts the passwords tried. */
async function startDemanding(password: () => string, onRight: Reply = always(200, 'null')) {
  const server = await startServer((received, response) => {
    if (passwordOf(received) === password()) onRight(received, response);
    else always(401)(received, response);
  });
  const tries = () =>
    Object.entries(Object.groupBy(server.received, passwordOf)).map(([one, all]) => [one, all?.length]);
  return { url: server.url, tries };
}

describe('a secret in a file', () => {
  it('a secret in a file that has changed signs in the next batch, before anything is refused', async () => {
    let password = 'first-password';
    const server = await startDemanding(() => password);
    const file = secretFile(password);
    const { client } = openBasic(server.url, file.path);
    await client().listDevices(kari);
    password = 'second-password';
    file.replace('second-password\n');
    await client().removeWindows(kari);
    await client().listDevices(kari);
    expect(server.tries()).toEqual([
      ['first-password', 1],
      ['second-password', 2],
    ]);
  });

  it('a secret in a file that changes within a batch is read again on 401, and the request sent once more', async () => {
    let password = 'first-password';
    const server = await startDemanding(() => password);
    const file = secretFile(password);
    const meter = { requests: 0 };
    const client = openBasic(server.url, file.path).client(meter);
    await client.listDevices(kari);
    password = 'second-password';
    file.replace(password);
    expect(await client.listDevices(kari)).toEqual([]);
    await client.removeWindows(kari);
    expect(server.tries()).toEqual([
      ['first-password', 2],
      ['second-password', 2],
    ]);
    expect(meter.requests).toBe(4);
  });

  it('a secret in a file that is still the same after 401 is not tried again', async () => {
    const server = await startDemanding(() => 'another-password');
    const { client } = openBasic(server.url, secretFile('first-password').path);
    const failure = await failureOf(client().removeWindows(kari));
    expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run', status: 401 });
    expect(server.tries()).toEqual([['first-password', 1]]);
  });

  it('a secret in a file that is refused as well is tried by one request, however many are in flight', async () => {
    const server = await startDemanding(() => 'another-password');
    const file = secretFile('first-password');
    const client = openBasic(server.url, file.path).client();
    file.replace('second-password');
    const calls = Array.from({ length: 8 }, () => failureOf(client.removeWindows(kari)));
    for (const failure of await Promise.all(calls))
      expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run', status: 401 });
    expect(server.tries()).toEqual([
      ['first-password', 8],
      ['second-password', 1],
    ]);
  });

  it('a secret in a file that is right is used by every request that was refused', async () => {
    const server = await startDemanding(() => 'second-password');
    const file = secretFile('first-password');
    const client = openBasic(server.url, file.path).client();
    file.replace('second-password');
    await Promise.all(Array.from({ length: 8 }, () => client.removeWindows(kari)));
    expect(server.tries()).toEqual([
      ['first-password', 8],
      ['second-password', 8],
    ]);
  });

  it('a secret in a file that is new is tried by one request, and the others wait for its answer', async () => {
    const held: ServerResponse[] = [];
    const arrived = Promise.withResolvers<void>();
    const server = await startServer((received, response) => {
      if (passwordOf(received) !== 'second-password') return always(200, 'null')(received, response);
      held.push(response);
      arrived.resolve();
    });
    const file = secretFile('first-password');
    const { client } = openBasic(server.url, file.path);
    const meter = { requests: 0 };
    await client(meter).listDevices(kari);
    file.replace('second-password');
    const calls = Array.from({ length: 8 }, () => failureOf(client(meter).removeWindows(kari)));
    await arrived.promise;
    held[0]?.writeHead(401).end();
    for (const failure of await Promise.all(calls)) expect(failure.status).toBe(401);
    expect(server.received.map(passwordOf)).toEqual(['first-password', 'second-password']);
    expect(meter.requests).toBe(2);
  });

  it('a secret in a file that is new lets nothing follow its first request once the sending was to stop', async () => {
    const held: ServerResponse[] = [];
    const arrived = Promise.withResolvers<void>();
    const server = await startServer((_received, response) => {
      held.push(response);
      arrived.resolve();
    });
    const file = secretFile('first-password');
    const { client } = openBasic(server.url, file.path);
    file.replace('second-password');
    const stop = new AbortController();
    const meter = { requests: 0, signal: stop.signal };
    const first = client(meter).removeWindows(kari);
    const others = Array.from({ length: 7 }, () => failureOf(client(meter).removeWindows(kari)));
    await arrived.promise;
    stop.abort();
    held[0]?.writeHead(200).end();
    await first;
    for (const failure of await Promise.all(others))
      expect(failure).toMatchObject({ name: 'Interrupted', wasSent: false });
    expect(server.received).toHaveLength(1);
    expect(meter.requests).toBe(1);
  });

  it('a secret in a file is not tried after 401 once the sending was to stop', async () => {
    const stop = new AbortController();
    const server = await startServer((_received, response) => {
      stop.abort();
      response.writeHead(401).end();
    });
    const file = secretFile('first-password');
    const meter = { requests: 0, signal: stop.signal };
    const client = openBasic(server.url, file.path).client(meter);
    file.replace('second-password');
    expect((await failureOf(client.removeWindows(kari))).status).toBe(401);
    expect([server.received.length, meter.requests]).toEqual([1, 1]);
  });

  it('a secret in a file that was refused is left for the next one that stands there', async () => {
    const server = await startDemanding(() => 'third-password');
    const file = secretFile('first-password');
    const { client } = openBasic(server.url, file.path);
    file.replace('second-password');
    await failureOf(client().removeWindows(kari));
    file.replace('third-password');
    await client().removeWindows(kari);
    expect(server.tries()).toEqual([
      ['second-password', 1],
      ['third-password', 1],
    ]);
  });

  it('a secret in a file that was refused is sent by the next batch, in case the server has been put right', async () => {
    let password = 'another-password';
    const server = await startDemanding(() => password);
    const file = secretFile('first-password');
    const { client } = openBasic(server.url, file.path);
    file.replace('second-password');
    await failureOf(client().removeWindows(kari));
    password = 'second-password';
    await client().removeWindows(kari);
    expect(server.tries()).toEqual([['second-password', 2]]);
  });

  it('a secret in a file that no answer came to is tried by the next request', async () => {
    const server = await startServer((received, response) => {
      if (server.received.length === 1) response.destroy();
      else always(passwordOf(received) === 'second-password' ? 200 : 401)(received, response);
    });
    const file = secretFile('first-password');
    const { client } = openBasic(server.url, file.path);
    file.replace('second-password');
    expect((await failureOf(client().removeWindows(kari))).name).toBe('Unreachable');
    await client().removeWindows(kari);
    expect(server.received.map(passwordOf)).toEqual(['second-password', 'second-password']);
  });

  it.each(['', ' \n'])(
    'a secret in a file that is empty for a moment (%j) leaves the last one in use',
    async (text) => {
      const server = await startDemanding(() => 'first-password');
      const file = secretFile('first-password');
      const { client } = openBasic(server.url, file.path);
      file.replace(text);
      await client().removeWindows(kari);
      rmSync(file.path);
      await client().removeWindows(kari);
      expect(server.tries()).toEqual([['first-password', 2]]);
    },
  );

  it('a secret in a file that was read again is known to every redaction at once, and so is the old one', async () => {
    const said = 'first-password second-password';
    const server = await startServer(always(400, said));
    const file = secretFile('first-password');
    const { client, config } = openBasic(server.url, file.path);
    const redact = redactor(config.secrets);
    expect(redact(said)).toBe('[secret] second-password');
    file.replace('second-password');
    const failure = await failureOf(client().removeWindows(kari));
    expect(failure.vendorMessage).toBe('[secret] [secret]');
    expect(redact(said)).toBe('[secret] [secret]');
  });

  it('a secret in a variable is never sent twice', async () => {
    const server = await startDemanding(() => 'another-password');
    const { client } = open({
      POINTSHARP_URL: server.url.href,
      POINTSHARP_AUTH: 'basic',
      POINTSHARP_USERNAME: 'caretaker',
      POINTSHARP_PASSWORD: 'first-password',
    });
    await failureOf(client().removeWindows(kari));
    expect(server.tries()).toEqual([['first-password', 1]]);
  });
});

describe('a certificate in a file', () => {
  const tlsOf = async () => ({
    key: await readFile(fixture('server.key.pem')),
    cert: await readFile(fixture('server.pem')),
  });

  it('a certificate in a file that has changed counts for the connections of the next batch', async () => {
    const server = await startServer(always(200, 'null'), await tlsOf());
    const file = secretFile(await readFile(fixture('stranger.pem'), 'utf8'));
    const { client } = open({ POINTSHARP_URL: server.url.href, POINTSHARP_CA_FILE: file.path });
    expect((await failureOf(client().listDevices(kari))).message).toContain('is not trusted');
    file.replace('half a certificate');
    expect((await failureOf(client().listDevices(kari))).message).toContain('is not trusted');
    file.replace(await readFile(fixture('authority.pem'), 'utf8'));
    expect(await client().listDevices(kari)).toEqual([]);
  });
});
