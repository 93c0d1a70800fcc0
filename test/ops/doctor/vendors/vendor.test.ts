import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { Broken, Misconfigured, Refused } from '../../../../src/clients/errors/vendor-error.ts';
import { loadConfig } from '../../../../src/config/load.ts';
import { SettingError } from '../../../../src/domain/setting-error.ts';
import { jobs } from '../../../../src/jobs/index.ts';
import { checkVendor, type Question } from '../../../../src/ops/doctor/vendors/vendor.ts';
import { always, startServer } from '../../../clients/local-server.ts';

const now = () => DateTime.utc(2026, 3, 2);

/** What the doctor says of a server that shakes hands, and of what these users come to there. */
async function check(questions: readonly Question[], setupError?: unknown) {
  const { url } = await startServer(always(200, '[]'));
  const environment = {
    CARETAKER_ROSTER: 'roster.csv',
    POINTSHARP_URL: url.href,
    AUDIT_POCKET_ENABLED: 'false',
  };
  const config = loadConfig(environment, jobs, now());
  const lines = await checkVendor({
    vendor: 'pointsharp',
    config,
    setupError,
    timeoutMs: 5_000,
    now,
    questions: Promise.resolve(questions),
  });
  return lines.find((line) => line.check === 'sign-in') ?? lines[0];
}

const facts = { vendor: 'pointsharp', operation: 'GET Device', remedy: 'fail-user' } as const;

function question(username: string, error?: unknown): Question {
  const ask = async () => {
    if (error) throw error;
  };
  return { user: { username }, ask, date: () => undefined };
}

const refusalOf = (username: string) =>
  new Refused(
    `Pointsharp ID GET Device for ${username} failed: the server refused the request.`,
    'Check this user.',
    facts,
  );

describe('the sign-in at a vendor', () => {
  it('the sign-in at a vendor is ok as soon as one user is read, although the vendor refuses another', async () => {
    const line = await check([question('kari', refusalOf('kari')), question('ola')]);
    expect(line).toMatchObject({
      health: 'ok',
      found: expect.stringMatching(/^signed in, read one user in/),
    });
  });

  it('warns when the vendor refuses every user, and names none of them, however short their names', async () => {
    const line = await check([question('kari', refusalOf('kari')), question('al', refusalOf('al'))]);
    expect(line).toMatchObject({
      health: 'warn',
      found:
        'the vendor refuses every user that was tried. Pointsharp ID GET Device for (user) failed: the server refused the request.',
      remedy: 'Compare the roster with the users of the vendor.',
    });
  });

  it('fails with the problem and the advice of the first other error, without the user', async () => {
    const error = new Broken('Pointsharp ID: 500 for kari (kari is odd).', 'Check its log.', facts);
    const line = await check([question('kari', error), question('ola')]);
    expect(line).toMatchObject({
      health: 'fail',
      found: 'Pointsharp ID: 500 for (user) ((user) is odd).',
      remedy: 'Check its log.',
    });
  });

  it('what may concern one user is no failure when another is read, and one when nobody is', async () => {
    const dislike = new Misconfigured('Pointsharp ID: 404 for kari.', 'Check POINTSHARP_URL.', {
      ...facts,
      remedy: 'ask-others',
    });
    expect(await check([question('kari', dislike), question('ola')])).toMatchObject({ health: 'ok' });
    expect(await check([question('kari', dislike), question('ola', refusalOf('ola'))])).toMatchObject({
      health: 'fail',
      found: 'Pointsharp ID: 404 for (user).',
      remedy: 'Check POINTSHARP_URL.',
    });
  });

  it('the sign-in at a vendor is not checked without a user', async () => {
    expect(await check([])).toMatchObject({ health: 'not-checked' });
  });
});

it('a vendor that cannot be opened says why, and nothing connects to it', async () => {
  const error = new SettingError('POINTSHARP_CA_FILE: no certificate.', 'Name another file.');
  expect(await check([question('kari')], error)).toEqual({
    subject: 'pointsharp',
    check: 'certificate',
    health: 'fail',
    found: 'POINTSHARP_CA_FILE: no certificate.',
    remedy: 'Name another file.',
  });
});
