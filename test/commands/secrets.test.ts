import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandResult } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { canaries, dumpRedis } from './canaries.ts';

/** One secret each: a word to look for, among characters that every encoding treats in its own way. */
const words = {
  POINTSHARP_PASSWORD: 'PspwKanari0Zq1',
  POINTSHARP_HEADER_VALUE: 'PshvKanari1Zq2',
  POINTSHARP_KEY_PASSPHRASE: 'PskpKanari2Zq3',
  SUPEROFFICE_PASSWORD: 'SopwKanari3Zq4',
  SUPEROFFICE_TOKEN: 'SotkKanari4Zq5',
  SUPEROFFICE_COOKIE: 'SockKanari9Zq0',
  SUPEROFFICE_APP_TOKEN: 'SoatKanari5Zq6',
  SUPEROFFICE_HANDLE_KEY: 'SohkKanari6Zq7',
  REDIS_URL: 'RdpwKanari7Zq8',
} as const;
const secretOf = (name: keyof typeof words) =>
  `${name === 'SUPEROFFICE_COOKIE' ? 'session=' : ''}${words[name]} "ö/%+&`;
const cage = canaries(words);

const jobs = ['purge-windows', 'refresh-timed-devices', 'audit-pocket'];
const signIns: Record<string, Record<string, string>> = {
  basic: { POINTSHARP_AUTH: 'basic', POINTSHARP_USERNAME: 'svc-ö', SUPEROFFICE_AUTH: 'basic' },
  header: { POINTSHARP_AUTH: 'header', POINTSHARP_HEADER_NAME: 'X-Gateway-Key', SUPEROFFICE_AUTH: 'bearer' },
  xsrf: { SUPEROFFICE_AUTH: 'xsrf' },
};

/** Answers of the vendors, and what is run against them: one user refused, everybody, a server that fails, nonsense. */
const answersOfVendors: readonly [status: string, signIn: string, jobs: readonly string[]][] = [
  ['400', 'basic', ['refresh-timed-devices', 'audit-pocket']],
  ['400', 'header', ['purge-windows', 'audit-pocket']],
  ['400', 'xsrf', ['audit-pocket']],
  ['401', 'basic', ['purge-windows']],
  ['500', 'header', ['refresh-timed-devices']],
  ['200', 'header', ['audit-pocket']],
];

let endToEnd: EndToEnd;
let redis: Redis;
let echo: Server;
let echoed = '';
let environment: Record<string, string>;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 4, superofficeAuth: simulatedSignIn });
  redis = new Redis(endToEnd.redis.socketPath);
  await redis.config('SET', 'requirepass', secretOf('REDIS_URL'));
  echo = createServer(answerWithCredentials);
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const secrets = Object.keys(words) as (keyof typeof words)[];
  environment = {
    ...endToEnd.environment,
    ...Object.fromEntries(secrets.map((name) => [name, secretOf(name)])),
    REDIS_URL: `unix://:${encodeURIComponent(secretOf('REDIS_URL'))}@${endToEnd.redis.socketPath}`,
    LOG_LEVEL: 'trace',
    CARETAKER_MODE: 'enforce',
    CARETAKER_BATCH_ATTEMPTS: '1',
    CARETAKER_OUTAGE_PATIENCE: 'PT0.3S',
  };
});
afterAll(async () => {
  redis.disconnect();
  echo.close();
  await endToEnd.close();
});

const simulatedSignIn = {
  kind: 'basic',
  username: 'caretaker',
  password: secretOf('SUPEROFFICE_PASSWORD'),
} as const;

/** A server at its worst: whatever it answers, all credentials of the request are in it, in every form. */
function answerWithCredentials(request: IncomingMessage, response: ServerResponse): void {
  const [, status = '500'] = /^\/(\d+)\//.exec(request.url ?? '') ?? [];
  const values = Object.values(request.headers).map(String);
  const decoded = values.map((value) => Buffer.from(value.replace(/^\w+ /, ''), 'base64').toString('utf8'));
  const forms = [...values, ...decoded].flatMap((value) => [
    value,
    encodeURIComponent(value.toWellFormed()),
    Buffer.from(value).toString('base64'),
  ]);
  const text = forms.join(' | ');
  echoed += text;
  const body = status === '200' ? JSON.stringify([{ DeviceId: 7, DeviceName: { text } }]) : text;
  request.resume().on('end', () => response.writeHead(Number(status), { 'x-echo': 'yes' }).end(body));
}

/** Runs a command line with every secret set; in nothing that it prints may be one. */
async function run(line: readonly string[], extra: Record<string, string>): Promise<CommandResult> {
  const result = await endToEnd.run(line, { ...environment, ...extra });
  expect({ line, sung: cage.sung(result.output + result.errors) }).toEqual({ line, sung: [] });
  expect(result.errors).not.toMatch(/^ {4}at /m);
  return result;
}

const device = (...more: string[]) => ['device', ...more];

describe('no secret leaves the program', () => {
  it('the search for secrets finds one in every form in which it could appear', () => {
    const secret = secretOf('POINTSHARP_PASSWORD');
    const forms = [
      secret,
      JSON.stringify({ secret: JSON.stringify(secret) }),
      encodeURIComponent(secret),
      secret.toUpperCase(),
      ...['', 'u', 'us', 'user:'].map((before) => Buffer.from(before + secret).toString('base64')),
      ...['', 'u', 'us', 'user:'].map((before) =>
        Buffer.from(before + secret, 'latin1').toString('base64url'),
      ),
      Buffer.from(secret).toString('hex'),
    ];
    for (const form of forms) expect(cage.sung(`… ${form} …`)).toEqual(['POINTSHARP_PASSWORD']);
    expect(cage.sung('nothing of the kind')).toEqual([]);
  });

  it.each(answersOfVendors)(
    'no secret leaves the program when the vendors answer %s with all our credentials (signed in by %s)',
    async (status, signIn, jobsTried) => {
      const address = echo.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const vendors = {
        ...signIns[signIn],
        CARETAKER_PREFIX: `${signIn}-${status}`,
        POINTSHARP_URL: `http://127.0.0.1:${port}/${status}/api/`,
        SUPEROFFICE_URL: `http://127.0.0.1:${port}/${status}/api/`,
      };
      const user = endToEnd.simulators.people.username(0);
      const lines = [
        device('update-time', user, 'phone', '--yes'),
        ['pocket', 'list', '1001', '--json'],
        ['explain', user],
        ...jobsTried.map((job) => ['run', job, '--json']),
      ];
      const answers = await Promise.all(lines.map((line) => run(line, vendors)));
      // The vendors were reached, and it went wrong: these are messages about their answers.
      expect(answers.slice(1).map(({ code }) => code)).not.toContain(0);
      expect(answers[1]?.errors).toContain('GetRegisteredDevices for associate 1001 failed');
    },
  );

  it('the search for secrets was tried with every secret that is sent to a vendor', () => {
    expect(cage.sung(echoed)).toEqual([
      'POINTSHARP_PASSWORD',
      'POINTSHARP_HEADER_VALUE',
      'SUPEROFFICE_PASSWORD',
      'SUPEROFFICE_TOKEN',
      'SUPEROFFICE_COOKIE',
      'SUPEROFFICE_APP_TOKEN',
    ]);
  });

  it('no secret leaves the program when everything goes well, and no push handle either', async () => {
    const { people, superoffice } = endToEnd.simulators;
    const handles = Array.from({ length: people.users }, (_, user) =>
      superoffice.world.registrations(people.associateId(user)),
    )
      .flat()
      .flatMap(({ PNSHandle }) => (PNSHandle ? [PNSHandle] : []));
    expect(handles.length).toBeGreaterThan(1);
    const pocket = canaries(Object.fromEntries(handles.map((handle) => [handle, handle])));
    const user = people.username(0);
    const associate = String(people.associateId(0));

    const worker = endToEnd.start(['worker'], { ...environment, CARETAKER_MODE: 'enforce' });
    await worker.says('worker ready');
    const { id } = (await run(['trigger', 'audit-pocket', '--json'], {})).json<{ id: string }>();
    await worker.says('run finished');
    const stopped = await worker.kill('SIGTERM');
    expect(stopped.code).toBe(0);
    const lines = [
      ['config', '--json'],
      ['schedules'],
      ['doctor'],
      ['runs', id, '--json'],
      ['explain', user, '--json'],
      ['pocket', 'list', associate],
      device('list', user, '--json'),
      device('update-time', user, 'phone', '--yes', '--reason', secretOf('POINTSHARP_PASSWORD')),
      ...jobs.map((job) => ['run', job]),
    ];
    const answers = [stopped, ...(await Promise.all(lines.map((line) => run(line, {}))))];
    answers.push(await run(['history', '--json'], {}), await run(['history'], {}));
    const said = answers.map(({ output, errors }) => output + errors).join('\n');
    expect(said).toContain('unreadable-version');
    expect(said).toContain('"why": "[secret]"');
    expect([cage.sung(said), pocket.sung(said)]).toEqual([[], []]);
    expect(pocket.sung(await dumpRedis(redis))).toEqual([]);
  });

  it('no secret leaves the program when Redis refuses the password', async () => {
    const wrong = encodeURIComponent(`${secretOf('REDIS_URL')}!`);
    const result = await run(['runs'], { REDIS_URL: `unix://:${wrong}@${endToEnd.redis.socketPath}` });
    expect(result.code).toBe(2);
    expect(result.errors).toMatch(/Redis at .* refuses commands: .*Check user and password in REDIS_URL/);
  });

  it('no secret leaves the program when the key of the certificate does not open, or a variable is wrong', async () => {
    const key = await endToEnd.file(
      'key.pem',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n',
    );
    const certificate = new URL('../clients/fixtures/client.pem', import.meta.url).pathname;
    const files = {
      POINTSHARP_AUTH: 'certificate',
      POINTSHARP_CERTIFICATE_FILE: certificate,
      POINTSHARP_KEY_FILE: key,
    };
    const locked = await run(device('list', 'kari'), files);
    expect(locked).toMatchObject({ code: 2, output: '' });
    expect(locked.errors).toContain('POINTSHARP_KEY_PASSPHRASE does not decrypt it');
    const wrong = await run(['config'], {
      SUPEROFFICE_TOKEN: `${secretOf('SUPEROFFICE_TOKEN')}\u0001`,
      REDIS_URL: `redis://:${secretOf('REDIS_URL')}@127.0.0.1:x`,
    });
    expect(wrong).toMatchObject({ code: 2, output: '' });
    expect(wrong.errors).toContain('SUPEROFFICE_TOKEN: expected');
    expect(wrong.errors).toContain('REDIS_URL: expected');
  });

  it('no secret gets into Redis: neither its keys nor any value hold one', async () => {
    const dump = await dumpRedis(redis);
    for (const job of jobs) expect(dump).toContain(job);
    expect(dump).toContain('stopped');
    expect(cage.sung(dump)).toEqual([]);
  });
});
