import { once } from 'node:events';
import { connect } from 'node:net';
import fastify from 'fastify';
import { pino } from 'pino';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { errorPages } from '../../../src/ops/console/error-pages.ts';
import { requireSecret } from '../../../src/ops/console/sign-in.ts';
import { basic, secret } from '../visitor.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A server with one page behind the sign-in, and its log. */
async function openSite() {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const app = fastify();
  await requireSecret(app, secret, log);
  errorPages(app, log);
  app.get('/', async ({ who }) => `hello ${who}`);
  const ask = (authorization?: string, remoteAddress = '192.0.2.1') =>
    app.inject({ url: '/', remoteAddress, ...(authorization ? { headers: { authorization } } : {}) });
  async function askTimes(times: number, authorization: string, remoteAddress?: string) {
    const statuses: number[] = [];
    for (let time = 0; time < times; time += 1)
      statuses.push((await ask(authorization, remoteAddress)).statusCode);
    return statuses;
  }
  return { app, lines, ask, askTimes };
}

const wrong = basic('eve', 'a-guess-of-the-test');
const tenTimes = (status: number) => Array.from({ length: 10 }, () => status);

test.each([
  [basic('kari', secret), 'hello kari'],
  [`basic ${basic('kari', secret).slice(6)}`, 'hello kari'],
  [`Basic   ${basic('kari', secret).slice(6)}`, 'hello kari'],
  [basic(' ka\u202eri ', secret), 'hello kari'],
  [basic('', secret), 'hello anonymous'],
  [basic('x'.repeat(200), secret), `hello ${'x'.repeat(80)}`],
  [`Bearer ${secret}`, 'hello bearer token'],
  [`bearer  ${secret}`, 'hello bearer token'],
])('the console lets somebody in who sends %s', async (authorization, text) => {
  const { ask } = await openSite();
  expect(await ask(authorization)).toMatchObject({ statusCode: 200, body: text });
});

test.each([
  undefined,
  '',
  'Basic',
  'Basic %%%',
  `Basic ${Buffer.from(secret).toString('base64')}`,
  `Basic ${Buffer.from(`ka\nri:${secret}`).toString('base64')}`,
  `Digest ${secret}`,
  secret,
])('a request without credentials (%s) is asked for them, and counts as no wrong secret', async (given) => {
  const { ask, lines } = await openSite();
  for (let time = 0; time < 11; time += 1) {
    const { statusCode, headers, body } = await ask(given);
    expect(statusCode).toBe(401);
    expect(headers['www-authenticate']).toBe('Basic realm="device-caretaker", charset="UTF-8"');
    expect(body).toContain('The console requires a sign-in.');
  }
  expect((await ask(basic('kari', secret))).statusCode).toBe(200);
  expect(lines).toEqual([]);
});

test.each([
  ['password', wrong],
  ['bearer token', 'Bearer a-guess-of-the-test'],
  ['secret with more behind it', basic('eve', `${secret}x`)],
  ['empty password', basic('eve', '')],
])(
  'ten wrong secrets lock their address out, given as %s: the right one is refused too',
  async (_what, given) => {
    const { ask, askTimes, lines } = await openSite();
    const first = await ask(given);
    expect(first.headers['www-authenticate']).toBe('Basic realm="device-caretaker", charset="UTF-8"');
    expect(first.body).toContain('This is not the secret of the console.');
    expect([first.statusCode, ...(await askTimes(9, given))]).toEqual(tenTimes(401));
    for (const authorization of [given, basic('kari', secret), `Bearer ${secret}`, undefined]) {
      const { statusCode, headers, body } = await ask(authorization);
      expect(statusCode).toBe(429);
      expect(Number(headers['retry-after'])).toBeGreaterThan(55);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
      expect(headers['www-authenticate']).toBeUndefined();
      expect(body).toContain('Wait a minute');
    }
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { address: '192.0.2.1', lockedOut: false },
      { address: '192.0.2.1', lockedOut: true },
    ]);
    expect(lines.join('')).not.toContain('guess');
  },
);

test('nine wrong secrets lock nobody out, and the right one is not counted among them', async () => {
  const { askTimes } = await openSite();
  expect(await askTimes(9, wrong)).not.toContain(429);
  expect(await askTimes(10, basic('kari', secret))).toEqual(tenTimes(200));
  expect(await askTimes(2, wrong)).toEqual([401, 429]);
});

test.each([
  ['192.0.2.1', '192.0.2.2'],
  ['2001:db8::1', '2001:db8::2'],
])('an address that is locked out (%s) leaves its neighbor %s alone', async (address, neighbor) => {
  const { ask, askTimes } = await openSite();
  await askTimes(10, wrong, address);
  expect((await ask(basic('kari', secret), address)).statusCode).toBe(429);
  expect((await ask(basic('kari', secret), neighbor)).statusCode).toBe(200);
});

test('a lockout ends a minute after the first wrong secret', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const { ask, askTimes } = await openSite();
  await askTimes(10, wrong);
  vi.advanceTimersByTime(59_900);
  expect((await ask(basic('kari', secret))).statusCode).toBe(429);
  vi.advanceTimersByTime(200);
  expect((await ask(basic('kari', secret))).statusCode).toBe(200);
});

test('seven hundred secrets in one packet are ten tries, and the right one among them does not get in', async () => {
  const { app, lines } = await openSite();
  onTestFinished(() => app.close());
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  const requests = Array.from({ length: 700 }, (_, turn) => {
    const given = turn === 350 ? secret : `guess-${turn}`;
    const connection = turn === 699 ? 'Connection: close\r\n' : '';
    return `GET / HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic('eve', given)}\r\n${connection}\r\n`;
  });
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let answers = '';
  socket.on('data', (text) => {
    answers += text;
  });
  socket.end(requests.join(''));
  await once(socket, 'close');
  const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  const times = (wanted: string) => statuses.filter((status) => status === wanted).length;
  expect([times('401'), times('429'), times('200')]).toEqual([10, 690, 0]);
  expect(lines).toHaveLength(2);
});
