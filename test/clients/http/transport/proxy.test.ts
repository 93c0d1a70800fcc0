import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Duration } from 'luxon';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../../simulators/redis/free-port.ts';
import { pointsharpWriter } from '../../../../src/clients/pointsharp/client.ts';
import { superofficeReader } from '../../../../src/clients/superoffice/client.ts';
import { startProxy } from '../../local-proxy.ts';
import { always, startServer } from '../../local-server.ts';
import { failureOf, fixture, pointsharpAt, session, superofficeAt } from '../../vendors.ts';

const pem = (name: string) => readFileSync(fixture(name), 'utf8');
const tls = { cert: pem('server.pem'), key: pem('server.key.pem') };
const caFile = fileURLToPath(fixture('authority.pem'));
const kari = { username: 'kari' };

function clientAt(url: URL, proxy: URL, changes: Parameters<typeof pointsharpAt>[1] = {}) {
  return pointsharpWriter(session(pointsharpAt(url, { caFile, proxy, ...changes })));
}

describe('a proxy', () => {
  it('a proxy opens one way to an https server for each connection, and sees nothing of the requests', async () => {
    const server = await startServer(always(200, 'null'), tls);
    const proxy = await startProxy();
    const client = clientAt(server.url, proxy.url, { requestsInFlight: 4 });
    for (let round = 0; round < 3; round += 1)
      await Promise.all(Array.from({ length: 4 }, () => client.removeWindows(kari)));
    expect(proxy.asked).toEqual(Array(4).fill(`CONNECT ${server.url.host}`));
    expect(server.received).toHaveLength(12);
  });

  it('a proxy is handed the requests to an http server, with their whole address', async () => {
    const server = await startServer(always(200, 'null'));
    const proxy = await startProxy();
    const client = superofficeReader(session(superofficeAt(server.url, { proxy: proxy.url })));
    expect(await client.listRegistrations(919)).toEqual([]);
    const address = `${server.url.href}v1/Agents/Pocket/GetRegisteredDevices`;
    expect(proxy.asked).toEqual([`POST ${address}`]);
    expect(server.received).toMatchObject([
      {
        target: new URL(address).pathname,
        body: '{"AssociateId":919}',
        headers: { host: server.url.host, via: '1.1 local' },
      },
    ]);
  });

  it.each([
    ['https', tls],
    ['http', undefined],
  ])(
    'a proxy is signed in at with the user and password of its address, which the server does not see (%s)',
    async (_scheme, keys) => {
      const server = await startServer(always(200, 'null'), keys);
      const proxy = await startProxy({ credentials: 'svc:p@ss/word' });
      expect(await clientAt(server.url, proxy.url).listDevices(kari)).toEqual([]);
      expect(server.received[0]?.headers).not.toHaveProperty('proxy-authorization');
    },
  );

  it('a proxy is asked for a host that only it can find', async () => {
    const server = await startServer(always(200, 'null'), tls);
    const proxy = await startProxy({ port: Number(server.url.port) });
    const failure = await failureOf(
      clientAt(new URL('https://id.invalid/api/'), proxy.url).listDevices(kari),
    );
    expect(proxy.asked).toEqual(['CONNECT id.invalid:443']);
    // The way is open, and the certificate is for another host.
    expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run' });
    expect(failure.message).toContain(
      'https://id.invalid/api/ is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)',
    );
  });

  it.each([
    [407, 'Misconfigured', 'Check user and password in POINTSHARP_PROXY.'],
    [403, 'Misconfigured', 'Allow this host in the proxy'],
    [405, 'Misconfigured', 'Allow this host in the proxy'],
    [302, 'Misconfigured', 'Allow this host in the proxy'],
    [408, 'Unreachable', 'the log of the proxy'],
    [429, 'Unreachable', 'the log of the proxy'],
    [500, 'Unreachable', 'the log of the proxy'],
    [502, 'Unreachable', 'the log of the proxy'],
    [504, 'Unreachable', 'the log of the proxy'],
  ])(
    'a proxy that answers %d to CONNECT is %s, and its credentials are not told',
    async (status, name, advice) => {
      const proxy = await startProxy({ status, credentials: 'svc:canary-word' });
      const failure = await failureOf(
        clientAt(new URL('https://id.invalid/api/'), proxy.url).removeWindows(kari),
      );
      expect(failure).toMatchObject({ name, remedy: name === 'Misconfigured' ? 'stop-run' : 'retry-batch' });
      expect(failure.message).toContain(`the proxy ${proxy.url.host} answered ${status}`);
      if (status !== 407) expect(failure.message).toContain('https://id.invalid/api/');
      expect(failure.message).toContain(advice);
      expect(failure.message).not.toContain('canary');
    },
  );

  it('a proxy that does not accept the credentials of a request to an http server is told from the server', async () => {
    const proxy = await startProxy({ credentials: 'svc:word' });
    const url = new URL(proxy.url);
    url.password = 'another-canary';
    const failure = await failureOf(clientAt(new URL('http://id.invalid/api/'), url).removeWindows(kari));
    expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run', status: 407 });
    expect(failure.message).toContain('Check user and password in POINTSHARP_PROXY.');
  });

  it.each(['https', 'http'])('a proxy that is down is told from a server that is (%s)', async (scheme) => {
    const proxy = new URL(`http://svc:canary-word@127.0.0.1:${await freePort()}`);
    const failure = await failureOf(
      clientAt(new URL(`${scheme}://id.invalid/api/`), proxy).removeWindows(kari),
    );
    expect(failure).toMatchObject({ name: 'Unreachable', remedy: 'retry-batch' });
    expect(failure.message).toContain(
      `the proxy ${proxy.host} cannot be reached: connection refused (ECONNREFUSED)`,
    );
    expect(failure.message).toContain('Check POINTSHARP_PROXY');
    expect(failure.message).not.toContain('canary');
  });

  it('a proxy that says nothing times out', async () => {
    const silent = await startServer(() => {});
    const failure = await failureOf(
      clientAt(new URL('https://id.invalid/api/'), new URL(silent.url.origin), {
        requestTimeout: Duration.fromMillis(200),
      }).removeWindows(kari),
    );
    expect(failure).toMatchObject({ name: 'Unreachable', remedy: 'retry-batch' });
  });

  it('a server that repeats the credentials of the proxy is not quoted with them', async () => {
    const proxy = await startProxy({ credentials: 'svc:canary-word' });
    const said = [Buffer.from('svc:canary-word').toString('base64'), 'canary-word'].join(' ');
    const server = await startServer(always(400, said));
    const failure = await failureOf(clientAt(server.url, proxy.url).removeWindows(kari));
    expect(failure.vendorMessage).toBe('[secret] [secret]');
  });

  it('a proxy that says nothing is given up at once when the connections are ended', async () => {
    const arrived = Promise.withResolvers<Socket>();
    const proxy = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => arrived.resolve(socket));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void proxy.close());
    await once(proxy, 'listening');
    const address = proxy.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const connections = pointsharpAt(new URL('https://id.invalid/api/'), {
      proxy: new URL(`http://127.0.0.1:${port}`),
      requestTimeout: Duration.fromObject({ hours: 1 }),
    });
    const failed = failureOf(pointsharpWriter(session(connections)).removeWindows(kari));
    const socket = await arrived.promise;
    const closed = once(socket, 'close');
    await connections.destroy();
    await closed;
    expect(await failed).toMatchObject({ name: 'Interrupted' });
  });

  it('a proxy whose connections are ended under way fails what is in flight as interrupted', async () => {
    const arrived = Promise.withResolvers<void>();
    const server = await startServer(() => arrived.resolve(), tls);
    const proxy = await startProxy();
    const connections = pointsharpAt(server.url, { caFile, proxy: proxy.url });
    const failed = failureOf(pointsharpWriter(session(connections)).removeWindows(kari));
    await arrived.promise;
    await connections.destroy();
    expect(await failed).toMatchObject({ name: 'Interrupted' });
  });
});
