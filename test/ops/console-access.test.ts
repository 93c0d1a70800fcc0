import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { basic, secret, type Visitor, visit } from './visitor.ts';

let endToEnd: EndToEnd;
let visitor: Visitor;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 20 });
  visitor = await visit(endToEnd);
});
afterAll(() => endToEnd.close());

const paths = [
  '/',
  '/runs',
  '/findings',
  '/queues',
  '/queues/api/queues',
  '/queues/static/js/x.js',
  '/console.css',
  '/nowhere',
];
const credentials = (authorization: string) => ({ headers: { authorization } });

/** Sends what no well-behaved client would, and tells what came back and how much of it was taken. */
async function sendRaw(
  head: readonly string[],
  bodyBytes: number,
): Promise<{ answer: string; sent: number }> {
  const { port, hostname } = new URL(visitor.url);
  const socket = connect(Number(port), hostname);
  socket.setEncoding('utf8').on('error', () => {});
  let answer = '';
  let sent = 0;
  socket.on('data', (text) => {
    answer += text;
  });
  // A connection that is cut is what is looked for here.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let open = true;
  void closed.then(() => {
    open = false;
  });
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  // Whoever is cut off while it writes may never read the answer; a client that waits for it does.
  if (bodyBytes > 0) await once(socket, 'data');
  const part = Buffer.alloc(64 * 1024, 'a');
  while (open && sent < bodyBytes) {
    sent += part.length;
    if (!socket.write(part)) await Promise.race([once(socket, 'drain').catch(() => {}), closed]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (bodyBytes === 0) await closed;
  socket.destroy();
  return { answer, sent };
}

describe('access to the console', () => {
  it('the console is closed without the secret, for every path', async () => {
    for (const path of paths) {
      const answer = await visitor.ask(path, credentials(''));
      expect(answer.status, path).toBe(401);
      expect(answer.headers.get('www-authenticate'), path).toMatch(/^Basic realm=/);
      expect(await answer.text()).not.toContain('purge-windows');
    }
  });

  it('the console opens for the secret, as a password of anybody and as a token', async () => {
    expect((await visitor.ask('/', credentials(basic('anybody', secret)))).status).toBe(200);
    expect((await visitor.ask('/', credentials(`Bearer ${secret}`))).status).toBe(200);
  });

  it('access to the console does not exist when no secret is set', async () => {
    const open = await visit(endToEnd, { OPS_CONSOLE_SECRET: '' });
    for (const path of paths) expect((await open.ask(path)).status, path).toBe(404);
    await open.worker.kill('SIGTERM');
  });

  it('the console shows nothing of other files', async () => {
    for (const path of [
      '/..%2f..%2fpackage.json',
      '/..%2f..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/console.css/..%2findex.ts',
      '/runs/..%2f..%2fetc%2fpasswd',
      '/queues/static/..%2f..%2fpackage.json',
      '/queues/static/%2e%2e/index.ejs',
    ]) {
      const answer = await visitor.ask(path);
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect(await answer.text(), path).not.toMatch(/root:|"version"|import |<%=/);
    }
  });
});

describe('the limits of the console', () => {
  const host = () => `Host: ${new URL(visitor.url).host}`;
  const authorization = `Authorization: ${basic('kari', secret)}`;
  const hundredMegabytes = 100 * 1024 * 1024;

  it.each([
    ['with the secret', [authorization]],
    ['without it', []],
  ])('the limits of the console refuse a body of 100 MB %s, without reading it', async (_what, more) => {
    const head = [
      'POST /jobs/purge-windows/runs HTTP/1.1',
      host(),
      ...more,
      `Content-Length: ${hundredMegabytes}`,
    ];
    const type = 'Content-Type: application/x-www-form-urlencoded';
    const { answer, sent } = await sendRaw([...head, type], hundredMegabytes);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(sent).toBeLessThan(hundredMegabytes / 4);
  });

  it('the limits of the console refuse a large body with a GET as well, and without a length', async () => {
    const get = ['GET / HTTP/1.1', host(), authorization, `Content-Length: ${hundredMegabytes}`];
    const withGet = await sendRaw(get, hundredMegabytes);
    expect(withGet.answer).toMatch(/^HTTP\/1.1 413 /);
    expect(withGet.sent).toBeLessThan(hundredMegabytes / 4);
    const chunked = await sendRaw(['GET / HTTP/1.1', host(), authorization, 'Transfer-Encoding: chunked'], 0);
    expect(chunked.answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it('the limits of the console refuse an address and headers that are too long', async () => {
    expect((await visitor.ask(`/runs?job=${'x'.repeat(3000)}`)).status).toBe(414);
    const { answer } = await sendRaw(
      ['GET / HTTP/1.1', host(), authorization, `X-Long: ${'x'.repeat(20_000)}`],
      0,
    );
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
  });

  it('the limits of the console hold off an address that tries many secrets, and log neither them nor every try', async () => {
    const other = await visit(endToEnd);
    const wrong = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        other.ask('/', credentials(basic('eve', `guess-number-${index}`))),
      );
    for (const answer of wrong(10)) expect((await answer).status).toBe(401);
    const answer = await other.ask('/', credentials(basic('eve', 'guess-again')));
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const { output } = await other.worker.kill('SIGTERM');
    expect(output.split('wrong secret for the console').length - 1).toBe(2);
    expect(output).not.toContain('guess-');
  });
});

describe('whoever leaves connections open', () => {
  it('whoever leaves connections open keeps neither the probes nor the console out: the oldest are closed', async () => {
    const { port, hostname } = new URL(visitor.url);
    let open = 0;
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connect(Number(port), hostname).on('error', () => {});
      return socket.once('connect', () => (open += 1)).once('close', () => (open -= 1));
    });
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const path of ['/livez', '/readyz', '/metrics', '/']) {
      // On a connection of its own, as the kubelet does.
      const headers = { authorization: basic('kari', secret) };
      const request = get(visitor.url + path, { agent: false, headers });
      const [answer]: IncomingMessage[] = await once(request, 'response');
      expect(answer?.resume().statusCode, path).toBe(200);
    }
    await expect.poll(() => open).toBeLessThanOrEqual(128);
    expect(open).toBeGreaterThan(100);
    for (const socket of sockets) socket.destroy();
  });
});

describe('the console without Redis', () => {
  it.each([
    ['is gone', 'SIGKILL' as const],
    ['hangs', 'SIGSTOP' as const],
  ])('the console says so when Redis %s, and works again once it is back', async (_what, signal) => {
    await endToEnd.redis.kill(signal);
    for (const path of ['/', '/runs', '/runs/some-run', '/findings']) {
      await expect.poll(async () => (await visitor.ask(path)).status, { timeout: 30_000 }).toBe(503);
      expect(await visitor.page(path)).toContain('Redis does not respond');
    }
    if (signal === 'SIGKILL') await endToEnd.redis.restart();
    else await endToEnd.redis.kill('SIGCONT');
    await expect.poll(async () => (await visitor.ask('/')).status, { timeout: 30_000 }).toBe(200);
  });
});
