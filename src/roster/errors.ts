/** A roster that cannot be read at all. The message says what is wrong with it and what to do. */
export class RosterError extends Error {
  override readonly name = 'RosterError';
}

/** Turns what the system says of a file into words. */
export function unreadable(name: string, cause: unknown): RosterError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
  const told = reasons[code] ?? `cannot be read (${code})`;
  return new RosterError(`The roster ${name} ${told}.`, { cause });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is not there: check the path',
  EACCES: 'may not be read by this user: check its permissions',
  EPERM: 'may not be read by this user: check its permissions',
  EISDIR: 'is a folder: name a CSV or NDJSON file in it',
  ENOTDIR: 'is not there: a part of its path is no folder',
};
