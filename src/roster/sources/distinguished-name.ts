/** A part of a DN: the name of an attribute in lower case, and its value. */
type DnPart = readonly [attribute: string, value: string];

const part = /([a-z][a-z0-9-]*|\d+(?:\.\d+)*)=((?:\\[0-9a-f]{2}|\\[^0-9a-f]|[^,+\\])*)(?:[,+] *(?!$)|$)/giy;

/** The parts of a DN (RFC 4514), from the entry up; undefined where a text is no DN. */
export function readDn(text: string): readonly DnPart[] | undefined {
  const parts: DnPart[] = [];
  part.lastIndex = 0;
  for (let found = part.exec(text); found; found = part.exec(text)) {
    const [, attribute = '', value = ''] = found;
    parts.push([attribute.toLowerCase(), withoutEscapes(value)]);
    if (part.lastIndex === text.length) return parts;
  }
  return undefined;
}

/** Several escaped bytes together are a character of UTF-8. */
function withoutEscapes(value: string): string {
  if (!value.includes('\\')) return value;
  return value
    .replace(/(?:\\[0-9a-f]{2})+/gi, (bytes) =>
      Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString('utf8'),
    )
    .replace(/\\([^0-9a-f])/gi, '$1');
}
