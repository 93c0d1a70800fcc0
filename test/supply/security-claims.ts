/** What SECURITY.md says that something is shown by. */
export interface SecurityClaim {
  /** The row of its table. */
  readonly line: string;
  /** File of the test, and words of its title; undefined where the row names none. */
  readonly test: string | undefined;
  readonly words: string | undefined;
}

/** The claims of a security page: rows of a table whose last column says by what they are shown. */
export function securityClaims(page: string): SecurityClaim[] {
  const claims: SecurityClaim[] = [];
  let isClaims = false;
  for (const padded of page.split('\n')) {
    const line = padded.replace(/ +\|$/, ' |');
    if (!line.startsWith('|')) isClaims = false;
    else if (/\| shown by \|$/.test(line)) isClaims = true;
    else if (isClaims && !/^[|\s-]+$/.test(line)) {
      const [, test, words] = /\| `(test\/[\w./-]+\.ts)` “([^”]+)” \|$/.exec(line) ?? [];
      claims.push({ line, test, words });
    }
  }
  return claims;
}
