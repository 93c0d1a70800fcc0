const ordinary = /^[!->@-~]+$/;

/** What may be wrong with a name although it is read as it is: mostly what people do not see; undefined where nothing is. */
export function oddityOf(name: string): string | undefined {
  if (ordinary.test(name)) return undefined;
  // "?" may stand in no account name of Active Directory.
  if (name.includes('?')) return 'a question mark, which PowerShell 5 writes for letters beyond ASCII';
  if (name !== name.trim()) return 'a blank at its beginning or end';
  if (/\p{Cf}/u.test(name)) return 'an invisible character';
  if (/[\r\n]/.test(name)) return 'a line break';
  if (/[\u00A0\u2007\u202F]/.test(name)) return 'a blank that does not break';
  if (name !== name.normalize('NFC')) return 'an accent as a character of its own (NFD)';
  return undefined;
}
