import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../simulators/redis/free-port.ts';
import { checkWritable } from '../../../src/commands/superoffice/secret-file.ts';
import { UsageError } from '../../../src/commands/usage-error.ts';
import { type Caretaker, startCaretaker } from '../../support/caretaker.ts';
import { type OnlineFixture, openOnline } from '../../support/online.ts';

let redirect: string;
beforeAll(async () => {
  redirect = `http://127.0.0.1:${await freePort()}/callback`;
});

/** Without the real clock no token would count: the processes live by it. */
function open(): Promise<OnlineFixture> {
  return openOnline('refresh-token', { now: Date.now(), redirectUri: redirect });
}

function start(words: readonly string[], environment: OnlineFixture['environment']): Caretaker {
  const child = startCaretaker(['superoffice', 'login', '--redirect', redirect, ...words], environment);
  onTestFinished(async () => {
    await child.kill('SIGKILL');
  });
  return child;
}

/** The address that is printed for the person. */
async function addressOf(child: Caretaker): Promise<string> {
  await child.says('Waiting at');
  return /^http\S+authorize\S+$/m.exec(child.output())?.[0] ?? '';
}

test('an administrator signs in once, the refresh token is in a file that only its owner may read, and signs in', async () => {
  const fixture = await open();
  const { online, folder, environment } = fixture;
  const out = join(folder, 'got');
  const child = start(['--out', out], {
    ...environment,
    SUPEROFFICE_REFRESH_TOKEN_FILE: join(folder, 'none'),
  });
  const address = await addressOf(child);
  const { searchParams } = new URL(address);
  expect(searchParams.get('acr_values')).toBe('tenant:Cust12345');

  const stranger = await fetch(`${redirect}?code=stolen&state=${'x'.repeat(43)}`);
  expect(stranger.status).toBe(400);
  const browser = await fetch(address);
  expect([browser.status, await browser.text()]).toEqual([200, expect.stringContaining('Signed in')]);

  const result = await child.ended;
  expect(result).toMatchObject({ code: 0, errors: '' });
  expect(result.output).toContain('Signed in as admin@example.com at Cust12345.');
  expect(await readFile(out, 'utf8')).toBe(`${online.identity.refreshToken}\n`);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  // What was written beside it is gone.
  expect((await readdir(folder)).filter((name) => name.includes('got'))).toEqual(['got']);
  for (const secret of [...online.identity.issued, environment.SUPEROFFICE_APP_TOKEN ?? ''])
    expect(result.output).not.toContain(secret);
  expect(online.login.traffic.facts().violations.first).toEqual([]);

  const list = startCaretaker(['pocket', 'list', String(online.people.associateId(0)), '--json'], {
    ...environment,
    POINTSHARP_URL: 'http://127.0.0.1:9/api/',
    SUPEROFFICE_REFRESH_TOKEN_FILE: out,
  });
  expect(await list.ended).toMatchObject({ code: 0, errors: '' });
});

test('a sign-in that is refused writes nothing and says why', async () => {
  const { folder, environment } = await open();
  const out = join(folder, 'got');
  const child = start(['--out', out, '--system-user'], environment);
  const state = new URL(await addressOf(child)).searchParams.get('state') ?? '';
  await fetch(`${redirect}?error=access_denied&state=${state}`);
  const { code, errors } = await child.ended;
  expect([code, errors]).toEqual([1, expect.stringContaining('did not authorize the app (access_denied)')]);
  expect(await readdir(folder)).not.toContain('got');
});

test('a file that cannot be written is told before anybody is asked to sign in', async () => {
  const failure = await checkWritable('/nowhere/at/all').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UsageError);
  expect(failure).toMatchObject({ problem: expect.stringContaining('/nowhere/at/all cannot be written') });
});
