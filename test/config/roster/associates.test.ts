import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/errors.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { problemLine } from '../../../src/config/settings/problem.ts';
import { jobs } from '../../../src/jobs/index.ts';
import { leastEnvironment } from '../environments.ts';

type Environment = Readonly<Record<string, string>>;

const directory = { ROSTER_LDAP_BASE: 'DC=example,DC=com' };

function load(environment: Environment) {
  return loadConfig({ ...leastEnvironment, ...environment }, jobs, DateTime.utc());
}

function problemsOf(environment: Environment): string[] {
  try {
    load(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(problemLine);
    throw error;
  }
}

it.each([' superoffice: ', 'SuperOffice:'])('%s alone is the users of SuperOffice', (roster) => {
  const { associates, directories, download } = load({
    CARETAKER_ROSTER: roster,
    ROSTER_SUPEROFFICE_TYPES: 'associate, other one',
  });
  expect(associates).toEqual({
    usernameColumn: 'userName',
    mailColumn: 'personEmail',
    activeColumn: 'isActive',
    types: ['associate', 'other one'],
    storage: undefined,
    pageSize: 500,
    join: undefined,
  });
  expect({ directories, download }).toEqual({ directories: [], download: undefined });
});

it.each<[string, string, Environment, object]>([
  [
    'two directories',
    'ldaps://one.example ldaps://two.example superoffice:',
    { ...directory, ROSTER_LDAP_2_BASE: 'DC=two' },
    { directories: [{ base: 'DC=example,DC=com' }, { base: 'DC=two' }] },
  ],
  [
    'a web server',
    'https://hr.example/users.csv superoffice:',
    {},
    { download: { url: { host: 'hr.example' } } },
  ],
  ['a file', '/data/my users.csv  superoffice:', {}, { directories: [] }],
])('%s and superoffice: are joined by the rule', (_, roster, environment, found) => {
  const config = load({ CARETAKER_ROSTER: roster, CARETAKER_ROSTER_JOIN: 'strip-domain', ...environment });
  expect(config).toMatchObject(found);
  expect(config.associates?.join).toEqual({
    users: roster.replace(/\s*superoffice:/, ''),
    rule: 'strip-domain',
  });
});

it('mail addresses are read from a directory only where they are compared', () => {
  const roster = { CARETAKER_ROSTER: 'ldaps://one.example superoffice:', ...directory };
  const attribute = (environment: Environment) =>
    load({ ...roster, ...environment }).directories[0]?.mailAttribute;
  expect(attribute({ CARETAKER_ROSTER_JOIN: 'mail' })).toBe('mail');
  expect(attribute({ CARETAKER_ROSTER_JOIN: 'mail', ROSTER_LDAP_MAIL_ATTRIBUTE: 'proxy' })).toBe('proxy');
  expect(attribute({ CARETAKER_ROSTER_JOIN: 'lower-case' })).toBeUndefined();
});

it.each<[string, Environment, RegExp]>([
  [
    'a join without a rule',
    { CARETAKER_ROSTER: 'users.csv superoffice:' },
    /^CARETAKER_ROSTER_JOIN: is missing.*lower-case, strip-domain or mail/,
  ],
  [
    'a rule without a join',
    { CARETAKER_ROSTER: 'superoffice:', CARETAKER_ROSTER_JOIN: 'mail' },
    /^CARETAKER_ROSTER_JOIN: has no effect/,
  ],
  [
    'a rule that is none',
    { CARETAKER_ROSTER: 'users.csv superoffice:', CARETAKER_ROSTER_JOIN: 'guess' },
    /^CARETAKER_ROSTER_JOIN: expected lower-case, strip-domain or mail/,
  ],
  [
    'SuperOffice in front',
    { CARETAKER_ROSTER: 'superoffice: users.csv' },
    /^CARETAKER_ROSTER: has superoffice: in another place than the last/,
  ],
  [
    'SuperOffice with an address',
    { CARETAKER_ROSTER: 'superoffice://crm.example' },
    /^CARETAKER_ROSTER: has superoffice: .* something behind the colon/,
  ],
  [
    'standard input in a join',
    { CARETAKER_ROSTER: '- superoffice:', CARETAKER_ROSTER_JOIN: 'mail' },
    /^CARETAKER_ROSTER: joins standard input/,
  ],
  [
    'columns for nothing',
    { CARETAKER_ROSTER: 'users.csv', ROSTER_SUPEROFFICE_STORAGE: 'AD' },
    /^ROSTER_SUPEROFFICE_\*: has no effect/,
  ],
  [
    'a column that is none',
    { CARETAKER_ROSTER: 'superoffice:', ROSTER_SUPEROFFICE_USERNAME_COLUMN: 'a b' },
    /^ROSTER_SUPEROFFICE_USERNAME_COLUMN: expected the name of a column/,
  ],
  [
    'pages of one row',
    { CARETAKER_ROSTER: 'superoffice:', ROSTER_SUPEROFFICE_PAGE_SIZE: '1' },
    /^ROSTER_SUPEROFFICE_PAGE_SIZE: expected a whole number from 2/,
  ],
  [
    'associates from two places',
    {
      ...directory,
      CARETAKER_ROSTER: 'ldaps://one.example superoffice:',
      CARETAKER_ROSTER_JOIN: 'mail',
      ROSTER_LDAP_ASSOCIATE_ATTRIBUTE: 'employeeNumber',
    },
    /^ROSTER_LDAP_ASSOCIATE_ATTRIBUTE: has no effect: SuperOffice says/,
  ],
  [
    'a mail attribute that nobody looks at',
    { ...directory, CARETAKER_ROSTER: 'ldaps://one.example', ROSTER_LDAP_MAIL_ATTRIBUTE: 'mail' },
    /^ROSTER_LDAP_MAIL_ATTRIBUTE: has no effect: only CARETAKER_ROSTER_JOIN=mail/,
  ],
  [
    'no address of SuperOffice, also where no job needs one',
    { CARETAKER_ROSTER: 'superoffice:', SUPEROFFICE_URL: '', AUDIT_POCKET_ENABLED: 'false' },
    /^SUPEROFFICE_URL: is missing, but CARETAKER_ROSTER=superoffice: needs it; set it$/,
  ],
])('%s is one problem', (_, environment, told) => {
  expect(problemsOf(environment)).toEqual([expect.stringMatching(told)]);
});
