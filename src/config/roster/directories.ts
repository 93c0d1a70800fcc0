import { isLoopbackAddress } from '../kinds/address.ts';
import type { JoinRule } from '../settings/associates.ts';
import { type DirectoryValues, directoryPrefixes, directorySettings } from '../settings/directory.ts';
import { createProblem, type Problem } from '../settings/problem.ts';
import { type Environment, readGroup } from '../settings/read-group.ts';

/** One directory of the roster. */
export interface DirectoryConfig extends DirectoryValues {
  /** The prefix of its variables. */
  readonly prefix: string;
  /** ldap or ldaps, host and port; nothing else. */
  readonly url: URL;
  readonly base: string;
  /** The same with what its files hold now, of which the password is one; undefined while they cannot be used. */
  readonly again?: () => DirectoryConfig | undefined;
}

interface DirectoriesReading {
  /** None where the roster is a file. */
  readonly directories: readonly DirectoryConfig[];
  readonly secrets: readonly string[];
  readonly problems: readonly Problem[];
}

/** Whether the roster is read from directories. */
function isLdap(roster: string | undefined): boolean {
  return /^\s*ldaps?:\/\//i.test(roster ?? '');
}

/**
 * Reads the directories that CARETAKER_ROSTER names: one address, or several with blanks between them.
 *
 * @param join how their users are compared with those of another source; left out, they are not
 */
export function readDirectories(
  roster: string | undefined,
  environment: Environment,
  join?: JoinRule,
): DirectoriesReading {
  const readings = directoryPrefixes.map((prefix) => ({
    prefix,
    reading: readGroup(prefix, directorySettings, environment),
  }));
  const secrets = readings.flatMap(({ reading }) => reading.secrets);
  const wrong = readings.flatMap(({ reading }) => reading.problems);
  const addresses = isLdap(roster) ? (roster ?? '').trim().split(/\s+/) : [];
  if (addresses.length > directoryPrefixes.length) {
    const problem = `names ${addresses.length} directories, and at most ${directoryPrefixes.length} can be described`;
    return { directories: [], secrets, problems: [...wrong, rosterProblem(problem)] };
  }
  const directories: DirectoryConfig[] = [];
  const problems = [...wrong];
  for (const [index, { prefix, reading }] of readings.entries()) {
    const address = addresses[index];
    if (address === undefined) {
      if (Object.keys(reading.texts).length > 0 || reading.secrets.length > 0)
        problems.push(unused(prefix, index));
      continue;
    }
    const url = readAddress(address);
    const { values } = reading;
    if (!url) problems.push(rosterProblem(badAddress));
    else problems.push(...checkDirectory(prefix, url, values), ...checkJoined(prefix, values, join));
    const mailAttribute = join === 'mail' ? (values.mailAttribute ?? 'mail') : undefined;
    if (url && values.base !== undefined)
      directories.push({ ...values, mailAttribute, prefix, url, base: values.base });
  }
  return { directories, secrets, problems };
}

/** Its value is not shown: there may be a password in it. */
const badAddress =
  'expected ldap://host[:port] or ldaps://host[:port], several with blanks between them, without path, user or query';

function readAddress(address: string): URL | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^ldaps?:$/.test(url.protocol) || url.hostname === '') return undefined;
  return url.username || url.password || url.search || url.hash || !/^\/?$/.test(url.pathname)
    ? undefined
    : url;
}

function checkDirectory(prefix: string, url: URL, values: DirectoryValues): Problem[] {
  const { base, bindDn, bindPassword, startTls } = values;
  const isEncrypted = url.protocol === 'ldaps:' || startTls === true;
  const facts: [string, string, string][] = [];
  if (base === undefined)
    facts.push([
      'BASE',
      `is missing, and ${url.host} is searched from there`,
      'set it to the DN above the users',
    ]);
  if (bindDn !== undefined && bindPassword === undefined)
    facts.push([
      'BIND_PASSWORD',
      'is missing',
      `set ${prefix}BIND_PASSWORD_FILE, or remove ${prefix}BIND_DN`,
    ]);
  if (bindDn === undefined && bindPassword !== undefined)
    facts.push(['BIND_DN', 'is missing', `set it to whose password ${prefix}BIND_PASSWORD is`]);
  if (bindPassword !== undefined && !isEncrypted && !isLoopbackAddress(url))
    facts.push(['BIND_PASSWORD', 'would be sent in clear', `use ldaps://, or set ${prefix}START_TLS=true`]);
  if (url.protocol === 'ldaps:' && startTls === true)
    facts.push(['START_TLS', 'has no effect on ldaps://, which is encrypted already', 'remove it']);
  return facts.map(([name, problem, advice]) =>
    createProblem({ variable: `${prefix}${name}`, kind: 'mismatch', problem, advice }),
  );
}

function checkJoined(prefix: string, values: DirectoryValues, join: JoinRule | undefined): Problem[] {
  const { associateAttribute, mailAttribute } = values;
  const facts: [string, string][] = [];
  if (associateAttribute !== undefined && join !== undefined)
    facts.push(['ASSOCIATE_ATTRIBUTE', 'SuperOffice says which associate a user is']);
  if (mailAttribute !== undefined && join !== 'mail')
    facts.push(['MAIL_ATTRIBUTE', 'only CARETAKER_ROSTER_JOIN=mail looks at mail addresses']);
  return facts.map(([name, why]) =>
    createProblem({
      variable: `${prefix}${name}`,
      kind: 'mismatch',
      problem: `has no effect: ${why}`,
      advice: 'remove it',
    }),
  );
}

function rosterProblem(problem: string): Problem {
  return createProblem({ variable: 'CARETAKER_ROSTER', kind: 'value', problem });
}

function unused(prefix: string, index: number): Problem {
  const problem = `has no effect: CARETAKER_ROSTER names no ${['', 'second ', 'third '][index] ?? ''}directory`;
  const advice = 'add its address to CARETAKER_ROSTER, or remove the variables';
  return createProblem({ variable: `${prefix}*`, kind: 'mismatch', problem, advice });
}
