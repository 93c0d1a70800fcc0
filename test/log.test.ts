import { Writable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Misconfigured } from '../src/clients/errors/vendor-error.ts';
import { SettingError } from '../src/domain/setting-error.ts';
import { createLog } from '../src/log.ts';

const canaries = {
  password: 'cånary/+ "password" 100%',
  token: 'canary-token-&-ö\\backslash',
  header: 'canary header\tvalue',
  key: 'canary\nkey of\r\ntwo lines',
  // Its base64 has both signs in which that differs from base64url.
  cookie: 'kånar>>>???',
};
const secrets = Object.values(canaries);

/** How a secret may be written by a server, a library or ourselves. */
const writings: Readonly<Record<string, (secret: string) => string>> = {
  raw: (secret) => secret,
  base64: (secret) => Buffer.from(secret).toString('base64'),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  'base64 of Latin-1': (secret) => Buffer.from(secret, 'latin1').toString('base64'),
  'percent-encoded': encodeURIComponent,
  'percent-encoded as a form': (secret) => new URLSearchParams({ v: secret }).toString().slice(2),
  'JSON-escaped': (secret) => JSON.stringify(secret).slice(1, -1),
  'JSON in JSON': (secret) => JSON.stringify(JSON.stringify(secret)),
};

function open(level = 'trace', values = secrets) {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const log = createLog(level, values, stream);
  const lines = () =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, text: () => text, lines };
}

/** Nothing of a secret may be left, in whatever form: also not one that appears when the line is read as JSON. */
function expectNoSecret(text: string): void {
  const read = text
    .split('\n')
    .filter(Boolean)
    .map((line) => deepText(JSON.parse(line)));
  const lower = [text, ...read].join('\n').toLowerCase();
  for (const secret of secrets) {
    for (const write of Object.values(writings)) expect(lower).not.toContain(write(secret).toLowerCase());
  }
}

function deepText(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flat().map(deepText).join('\n');
  return String(value);
}

describe.each(Object.entries(canaries))('the %s', (name, secret) => {
  it.each(Object.entries(writings))(`the ${name} is not logged: %s`, (_form, write) => {
    const { log, text, lines } = open();
    const written = write(secret);
    const error = new Error(`the server said ${written}`, { cause: new Error(`because ${written}`) });
    log.info(`a message with ${written}`);
    log.info({ reason: written, deep: { list: [written, { more: `x${written}y` }] } }, 'fields');
    log.info({ [`key ${written}`]: 1 }, 'a key');
    log.warn({ err: error }, 'an error');
    log.warn({ err: new AggregateError([error], written) }, 'several errors');
    log.child({ run: written }).error({ err: written }, 'no error at all');
    expect(lines()).toHaveLength(6);
    expect(text()).toContain('[secret]');
    expectNoSecret(text());
  });
});

it('a line of the log has the time at which it was logged, to the millisecond', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { log, lines } = open('info', []);
  for (const time of ['12:00:00.001Z', '12:00:00.001Z', '12:00:00.002Z', '12:00:00.001Z']) {
    vi.setSystemTime(`2026-01-05T${time}`);
    log.info(time);
  }
  expect(lines().map(({ time }) => time)).toEqual(lines().map(({ msg }) => `2026-01-05T${msg}`));
});

it('the log removes fields that hold secrets by their name, whatever is in them', () => {
  const { log, lines } = open('info', []);
  log.info({ password: 'a', user: { token: 'b', name: 'kari' }, one: { two: { PNSHandle: 'c' } } }, 'fields');
  expect(lines()[0]).toMatchObject({
    password: '[secret]',
    user: { token: '[secret]', name: 'kari' },
    one: { two: { PNSHandle: '[secret]' } },
  });
});

it.each(['password', 'Password', 'token', 'authorization', 'ticket', 'secret', 'PNSHandle', 'pushHandle'])(
  'the log removes the field %s however deep it stands, whatever is in it, also as a binding of a child',
  (field) => {
    const { log, text, lines } = open('info', []);
    const value = { deep: ['canary', { quoted: '"canary":' }] };
    log.info({ list: [{ a: { b: { [field]: value } } }] }, 'fields');
    log.child({ [field]: value }).info('a child');
    expect(text()).not.toContain('canary');
    expect(lines()).toMatchObject([
      { list: [{ a: { b: { [field]: '[secret]' } } }] },
      { [field]: '[secret]' },
    ]);
  },
);

it('the log leaves a text alone that only speaks of such a field', () => {
  const { log, lines } = open('info', []);
  const reason = 'the answer began with {"token":"abc"';
  log.info({ reason, tokens: 3 }, 'fields');
  expect(lines()[0]).toMatchObject({ reason, tokens: 3 });
});

it('the log shows of an error only the properties on its list', () => {
  const { log, lines, text } = open('info', []);
  const error = Object.assign(new Error('refused'), {
    code: 'ECONNREFUSED',
    headers: { authorization: 'Basic abc' },
    config: { password: 'x' },
    body: 'y',
  });
  log.error({ err: error }, 'failed');
  const { err } = lines()[0] as { err: Record<string, unknown> };
  expect(Object.keys(err).sort()).toEqual(['code', 'message', 'stack', 'type']);
  expect(err).toMatchObject({ type: 'Error', message: 'refused', code: 'ECONNREFUSED' });
  expect(text()).not.toContain('Basic');
});

it('the log shows of an error for operators what failed and what to do, and no place in our code', () => {
  const { log, lines } = open('info', []);
  log.error({ err: new SettingError('The file x is missing.', 'Check the path.') }, 'failed');
  expect(lines()[0]?.err).toEqual({
    type: 'SettingError',
    message: 'The file x is missing. Check the path.',
  });
});

it('the log shows of a failure of the vendor also its facts, and no place in our code', () => {
  const { log, lines } = open('info', []);
  const err = new Misconfigured('Wrong password.', 'Check it.', {
    vendor: 'pointsharp',
    operation: 'GET Device',
    remedy: 'stop-run',
    status: 401,
    vendorMessage: 'go away',
  });
  log.error({ err }, 'failed');
  expect(lines()[0]?.err).toEqual({
    type: 'Misconfigured',
    message: 'Wrong password. Check it.',
    vendor: 'pointsharp',
    operation: 'GET Device',
    status: 401,
    remedy: 'stop-run',
    vendorMessage: 'go away',
  });
});

it('the log is JSON lines with time and level in words, and nothing of the machine', () => {
  const { log, lines } = open('info', []);
  log.child({ run: 'r1', job: 'purge-windows' }).info({ selected: 3 }, 'run planned');
  const [line] = lines();
  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    run: 'r1',
    job: 'purge-windows',
    selected: 3,
    msg: 'run planned',
  });
});

it.each([
  ['trace', 6],
  ['debug', 5],
  ['info', 4],
  ['warn', 3],
  ['error', 2],
  ['fatal', 1],
])('a log at level %s has only lines that are at least as severe', (level, count) => {
  const { log, lines } = open(level);
  for (const each of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) log[each]('a line');
  expect(lines()).toHaveLength(count);
});

it('the message of an error is cut at 8,192 characters, and not through a secret', () => {
  const { log, lines } = open();
  log.error({ err: new Error('x'.repeat(8_192)) }, 'whole');
  log.error({ err: new Error(`${'x'.repeat(8_180)}${canaries.token} ${'y'.repeat(1_000_000)}`) }, 'cut');
  const [whole, cut] = lines().map(({ err }) => err as { message: string; stack: string });
  expect(whole?.message).toBe('x'.repeat(8_192));
  expect(cut?.message).toBe(`${'x'.repeat(8_180)}[secret] yyy…`);
  expect(cut?.stack.length).toBe(8_193);
});
