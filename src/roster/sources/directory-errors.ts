import { ResultCodeError } from 'ldapts';
import { errorCode, systemErrorText } from '../../domain/system-error.ts';
import { certificateCodes, isUntrustedCertificate } from '../../security/tls.ts';
import { RosterError } from '../errors.ts';

/*
 * What a directory says in words is never passed on: names of people stand in it.
 */

/** Where an error came up. */
interface Place {
  readonly name: string;
  /** As the beginning of a sentence: `The sign-in`. */
  readonly what: string;
  /** Of the variables of the directory. */
  readonly prefix: string;
}

/** The error for what the library or the system threw. */
export function toDirectoryError(cause: unknown, { name, what, prefix }: Place): RosterError {
  const code = errorCode(cause);
  const at = `${what} at the directory ${name} failed`;
  if (cause instanceof ResultCodeError) {
    const [words, advice] = answers[cause.code] ?? ['another answer than success', undefined];
    return new RosterError(
      `${at}: ${words} (LDAP result code ${cause.code}).`,
      advice?.(prefix) ?? 'The log of the directory says more.',
      { isAway: passing.has(cause.code) },
    );
  }
  if (code === certificateCodes.expired)
    return new RosterError(`${at}: its certificate has expired.`, 'Renew the certificate of the directory.');
  if (isUntrustedCertificate(code))
    return new RosterError(
      `${at}: its certificate is not trusted, or is for another host (${code}).`,
      `Set ${prefix}CA_FILE to the authority that issued it, and CARETAKER_ROSTER to the name that stands in it.`,
    );
  if (code !== undefined)
    return new RosterError(
      `${at}: ${systemErrorText(cause)}.`,
      'Check the address in CARETAKER_ROSTER, the network and the directory.',
      { isAway: true },
    );
  return new RosterError(
    `${at}: the connection ended before the answer did, or the answer cannot be read.`,
    'Check the log of the directory, and what stands between: a proxy, a firewall, a load balancer.',
    { isAway: true },
  );
}

/** Result codes of a directory that is busy, or not available now. */
const passing = new Set([51, 52]);

type Answer = readonly [words: string, advice?: (prefix: string) => string];

const tooMany: Answer[1] = (prefix) =>
  `Let ${prefix}BIND_DN read pages without a limit of size, or set ${prefix}PAGE_SIZE lower.`;

/** The result codes of RFC 4511 that have something to tell. */
const answers: Readonly<Record<number, Answer>> = {
  1: [
    'operations error',
    (prefix) => `Active Directory says so when nobody is signed in: set ${prefix}BIND_DN.`,
  ],
  2: ['protocol error, as where StartTLS is not offered', (prefix) => `Check ${prefix}START_TLS.`],
  3: ['its time limit was exceeded', tooMany],
  4: ['its size limit was exceeded', tooMany],
  8: [
    'it wants a stronger or encrypted sign-in',
    (prefix) => `Use ldaps://, or set ${prefix}START_TLS=true.`,
  ],
  10: [
    'it refers to another directory',
    (prefix) => `Name the directory that holds ${prefix}BASE in CARETAKER_ROSTER.`,
  ],
  11: ['a limit of the administrators was exceeded', tooMany],
  12: [
    'it does not offer pages',
    () =>
      'Only directories that give results in pages (RFC 2696) can be read whole; allow the control 1.2.840.113556.1.4.319.',
  ],
  13: ['it wants an encrypted connection', (prefix) => `Use ldaps://, or set ${prefix}START_TLS=true.`],
  32: [
    'there is no such entry, or it is hidden',
    (prefix) => `Check ${prefix}BASE, and what ${prefix}BIND_DN may read.`,
  ],
  34: ['a DN is not written as a DN is', (prefix) => `Check ${prefix}BASE and ${prefix}BIND_DN.`],
  48: ['this user may not sign in by password', (prefix) => `Check ${prefix}BIND_DN.`],
  49: ['wrong user or password', (prefix) => `Check ${prefix}BIND_DN and ${prefix}BIND_PASSWORD.`],
  50: ['the rights do not suffice', (prefix) => `Let ${prefix}BIND_DN read what is below ${prefix}BASE.`],
  51: ['it is busy', () => 'Start again later.'],
  52: ['it is not available', () => 'Start again later.'],
  53: [
    'it is unwilling',
    (prefix) => `Check ${prefix}BIND_DN, and whether ${prefix}PAGE_SIZE is more than it allows.`,
  ],
};

/** The error of a directory that does not answer. */
export function silentDirectory(name: string, what: string, timeoutMs: number): RosterError {
  return new RosterError(
    `${what} at the directory ${name} had no answer within ${timeoutMs / 1000} s.`,
    'Check the directory and the network. If it may take longer, raise CARETAKER_ROSTER_TIMEOUT.',
    { isAway: true },
  );
}

/** The error of a directory with a part that another one holds: without it people would be missing. */
export function referred(name: string, prefix: string): RosterError {
  return new RosterError(
    `The directory ${name} refers to other directories for a part of what was searched, so people may be missing.`,
    `Set ${prefix}BASE to the part with the users, or ask the global catalog of Active Directory (port 3269).`,
  );
}

/** The error of a search that found nobody: rights that are missing look like that. */
export function nobodyFound(name: string, prefix: string): RosterError {
  return new RosterError(
    `The directory ${name} answers with success and without a single user.`,
    `Check what ${prefix}BIND_DN may read, then ${prefix}BASE, ${prefix}SCOPE and ${prefix}FILTER.`,
  );
}

/** The error of a directory that shows people without their names. */
export function hiddenNames(
  name: string,
  {
    entries,
    attribute,
    prefix,
  }: { readonly entries: number; readonly attribute: string; readonly prefix: string },
): RosterError {
  return new RosterError(
    `The directory ${name} shows ${entries} entries, and none of them with the attribute ${attribute}.`,
    `Check ${prefix}USERNAME_ATTRIBUTE, and whether ${prefix}BIND_DN may read it.`,
  );
}

/** The error of a directory that gives some of the groups of a user, and not all. */
export function groupsInPart(name: string, attribute: string, prefix: string): RosterError {
  return new RosterError(
    `The directory ${name} gives only a part of the groups of a user (${attribute} in ranges).`,
    `Set ${prefix}GROUP_ATTRIBUTE to an attribute with fewer values, or let the directory give more values at a time.`,
  );
}

/** The error of a directory that may have more people than it has given. */
export function emptyPage(name: string, prefix: string): RosterError {
  return new RosterError(
    `The directory ${name} sent an empty page, and a second search found another number of users.`,
    `Start again. If it happens again, set ${prefix}PAGE_SIZE to another number.`,
  );
}

/** The error of a connection that was lost, together with who was signed in. */
export function lostSignIn(name: string): RosterError {
  return new RosterError(`The directory ${name} ended the connection in the middle.`, 'Start again.', {
    isAway: true,
  });
}

/** The error of a filter that is none. */
export function badFilter(variable: string, cause: unknown): RosterError {
  return new RosterError(
    `${variable} is no filter that can be read.`,
    'Write it as RFC 4515 has it, each part in parentheses: (&(objectClass=user)(mail=*)).',
    { cause },
  );
}
