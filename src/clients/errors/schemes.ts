import type { RawAnswer } from '../call.ts';

/** What Windows signs in with; neither is a header that could be set once. */
const windows = new Set(['negotiate', 'ntlm', 'kerberos']);
/** No server offers more. */
const most = 8;

/** The ways to sign in that a server offers (RFC 9110, section 11.6.1), each once: `Negotiate`, `NTLM`. */
export function schemesOf({ headers }: RawAnswer): readonly string[] {
  const offers = [headers['www-authenticate'] ?? []].flat().map(withoutQuoted);
  // A scheme begins an offer, and no equals sign follows it as it follows a parameter.
  const names = offers.flatMap((offer) =>
    offer.split(',').map((part) => /^\s*([A-Za-z][\w-]{0,31})(?:\s+[^\s=]|\s*$)/.exec(part)?.[1]),
  );
  return [...new Set(names.filter((name) => name !== undefined))].slice(0, most);
}

/** Whether a server offers ways to sign in, and none but those of Windows. */
export function isWindowsOnly(schemes: readonly string[]): boolean {
  return schemes.length > 0 && schemes.every((scheme) => windows.has(scheme.toLowerCase()));
}

/** Commas and equal signs in a quoted value part nothing. */
function withoutQuoted(offer: string): string {
  return offer.replace(/"(?:[^"\\]|\\.)*"/g, '""');
}
