import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { readDirectories } from '../../../src/config/roster/directories.ts';
import { problemLine } from '../../../src/config/settings/problem.ts';
import { jobs } from '../../../src/jobs/index.ts';
import { leastEnvironment } from '../environments.ts';

const first = {
  ROSTER_LDAP_BASE: 'DC=example,DC=com',
  ROSTER_LDAP_BIND_DN: 'reader@example.com',
  ROSTER_LDAP_BIND_PASSWORD: 'canary-ldap-password',
};

function problemsOf(roster: string, environment: Readonly<Record<string, string>>): string[] {
  return readDirectories(roster, environment).problems.map(problemLine);
}

describe('directories of the roster', () => {
  it('addresses with blanks between them are described one after the other', () => {
    const environment = {
      ...leastEnvironment,
      ...first,
      CARETAKER_ROSTER: ' ldaps://one.example   ldaps://two.example:3269 ',
      ROSTER_LDAP_2_BASE: 'DC=two',
      ROSTER_LDAP_2_STORAGE: 'Two',
    };
    const { directories, secrets } = loadConfig(environment, jobs, DateTime.utc());
    expect(directories).toMatchObject([
      {
        prefix: 'ROSTER_LDAP_',
        base: 'DC=example,DC=com',
        pageSize: 200,
        usernameAttribute: 'sAMAccountName',
      },
      { prefix: 'ROSTER_LDAP_2_', base: 'DC=two', storage: 'Two', scope: 'sub' },
    ]);
    expect(directories.map(({ url }) => url.host)).toEqual(['one.example', 'two.example:3269']);
    expect(secrets).toContain('canary-ldap-password');
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['no base', 'ldaps://a.example', {}, 'ROSTER_LDAP_BASE: is missing'],
    ['a password in clear', 'ldap://a.example', first, 'ROSTER_LDAP_BIND_PASSWORD: would be sent in clear'],
    [
      'a user without a password',
      'ldaps://a.example',
      { ...first, ROSTER_LDAP_BIND_PASSWORD: '' },
      'ROSTER_LDAP_BIND_PASSWORD: is missing',
    ],
    [
      'a password without a user',
      'ldaps://a.example',
      { ...first, ROSTER_LDAP_BIND_DN: '' },
      'ROSTER_LDAP_BIND_DN: is missing',
    ],
    [
      'StartTLS on top of TLS',
      'ldaps://a.example',
      { ...first, ROSTER_LDAP_START_TLS: 'true' },
      'ROSTER_LDAP_START_TLS: has no effect on ldaps://',
    ],
    ['a password in the address', 'ldaps://a:canary@b.example', first, 'CARETAKER_ROSTER: expected ldap://'],
    ['a base in the address', 'ldaps://b.example/DC=example', first, 'CARETAKER_ROSTER: expected ldap://'],
    ['a file among directories', 'ldaps://b.example users.csv', first, 'CARETAKER_ROSTER: expected ldap://'],
    ['a description without an address', 'users.csv', first, 'ROSTER_LDAP_*: has no effect'],
    ['four directories', 'ldap://a ldap://b ldap://c ldap://d', {}, 'CARETAKER_ROSTER: names 4 directories'],
  ])('%s is a wrong configuration, and says what to do', (_, roster, environment, told) => {
    const problems = problemsOf(roster, environment);
    expect(problems).toEqual(expect.arrayContaining([expect.stringContaining(told)]));
    expect(problems.join()).not.toContain('canary');
  });

  it('a password may be in clear to this very machine, and over StartTLS', () => {
    expect(problemsOf('ldap://127.0.0.1:3890', first)).toEqual([]);
    expect(problemsOf('ldap://a.example', { ...first, ROSTER_LDAP_START_TLS: 'true' })).toEqual([]);
  });
});
