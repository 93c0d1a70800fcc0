/** What operating system, DNS and sockets call their errors, in the words that an operator searches for. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ECONNABORTED: 'connection aborted',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'no route to host',
  EHOSTDOWN: 'host is down',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'DNS lookup failed',
  EAI_AGAIN: 'DNS lookup failed: the DNS server does not respond',
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'address not available',
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EEXIST: 'file exists',
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'file name too long',
  ELOOP: 'too many symbolic links',
  EIO: 'I/O error',
};

/** The code of an error of Node.js, such as `ECONNREFUSED`; undefined where it has none. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The words for a code, such as `connection refused`; undefined for a code that has none. */
export function codeWords(code: string | undefined): string | undefined {
  return code === undefined ? undefined : words[code];
}

/** What an error of the system says, for people: `permission denied (EACCES)`. Never its message, which may hold a secret. */
export function systemErrorText(error: unknown): string {
  const code = errorCode(error);
  const text = codeWords(code);
  if (text !== undefined) return `${text} (${code})`;
  return code ?? 'unknown error';
}
