import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/errors.ts';
import { signInUrl, tenantId } from '../../../src/config/kinds/address.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Environment } from '../../../src/config/settings/read-group.ts';
import { jobs } from '../../../src/jobs/index.ts';
import { testKinds } from '../kinds/kind-cases.ts';

testKinds([
  {
    name: 'where to sign in',
    of: signInUrl,
    right: [
      ['https://online.superoffice.com', new URL('https://online.superoffice.com/')],
      [' https://login.example:8443/\n', new URL('https://login.example:8443/')],
      ['http://127.0.0.1:8110', new URL('http://127.0.0.1:8110/')],
      ['http://[::1]:8110/', new URL('http://[::1]:8110/')],
    ],
    wrong: [
      ...['', 'online', 'http://online.superoffice.com', 'http://localhost:8110', 'ftp://127.0.0.1'],
      ...[
        'https://a.example/login',
        'https://user@a.example',
        'https://a.example?x',
        'http://127.0.0.1.a.example',
      ],
    ],
  },
  {
    name: 'tenant',
    of: tenantId,
    right: [['Cust12345', 'Cust12345']],
    wrong: ['', '12345', 'Cust', 'cust12345', 'Cust12345/../x', 'Cust12345678901'],
  },
]);

const base: Environment = {
  POINTSHARP_URL: 'https://id.example/api/',
  SUPEROFFICE_TENANT: 'Cust12345',
  SUPEROFFICE_APP_TOKEN: 'x',
};
const ways: Readonly<Record<string, Environment>> = {
  'refresh-token': { SUPEROFFICE_CLIENT_ID: 'x', SUPEROFFICE_REFRESH_TOKEN: 'x' },
  'system-user': {
    SUPEROFFICE_SYSTEM_USER_TOKEN: 'x',
    SUPEROFFICE_SYSTEM_USER_KEY_FILE: import.meta.filename,
  },
};

function load(auth: string, changes: Environment = {}) {
  return loadConfig({ ...base, ...ways[auth], SUPEROFFICE_AUTH: auth, ...changes }, jobs, DateTime.utc());
}

function problemsOf(auth: string, changes: Environment) {
  try {
    load(auth, changes);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ variable, message }) => [variable, message]);
  }
  return [];
}

it.each(['refresh-token', 'system-user'])(
  'the way to sign in %s needs each of its variables, and no address',
  (auth) => {
    expect(load(auth).warnings).toEqual([]);
    for (const variable of Object.keys({ SUPEROFFICE_APP_TOKEN: '', ...ways[auth] })) {
      expect(problemsOf(auth, { [variable]: undefined })).toEqual([
        [variable, `is missing, but SUPEROFFICE_AUTH=${auth} needs it`],
      ]);
    }
    expect(problemsOf(auth, { SUPEROFFICE_TENANT: undefined })).toEqual([
      ['SUPEROFFICE_TENANT', expect.stringContaining('is missing, but audit-pocket needs it')],
    ]);
    expect(problemsOf(auth, { SUPEROFFICE_URL: 'https://online2.superoffice.com/Cust12345/api/' })).toEqual([
      ['SUPEROFFICE_URL', expect.stringContaining('the address of the tenant is looked up; remove it')],
    ]);
  },
);

it.each([
  [{}, 'https://online.superoffice.com/Cust12345/api/'],
  [{ SUPEROFFICE_ENVIRONMENT: 'sod' }, 'https://sod.superoffice.com/Cust12345/api/'],
  [{ SUPEROFFICE_LOGIN_URL: 'https://login.example' }, 'https://login.example/Cust12345/api/'],
])('with %j the address that stands for the tenant is %s', (changes, href) => {
  expect(load('refresh-token', changes).superoffice?.url.href).toBe(href);
});

it('a simulator on this machine is reached without the proxy, so that nothing leaves the machine', () => {
  const proxy = { SUPEROFFICE_PROXY: 'http://proxy.example:3128' };
  expect(load('refresh-token', proxy).superoffice?.proxy?.host).toBe('proxy.example:3128');
  const simulator = { ...proxy, SUPEROFFICE_LOGIN_URL: 'http://127.0.0.1:8110' };
  expect(load('refresh-token', simulator).superoffice?.proxy).toBeUndefined();
});
