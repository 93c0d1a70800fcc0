import type { Entry } from 'ldapts';

/** The first value of an attribute, whatever the case of its name; undefined where there is none, or one that is no text. */
export function textOf(entry: Entry, attribute: string): string | undefined {
  const [value] = valuesOf(entry, attribute);
  return isText(value) ? value : undefined;
}

/** All values of an attribute that are text, whatever the case of its name. */
export function textsOf(entry: Entry, attribute: string): readonly string[] {
  return valuesOf(entry, attribute).filter(isText);
}

/**
 * Whether an entry has only a part of the values of an attribute. Active Directory gives at most 1500 at a time and calls
 * them `memberOf;range=0-1499` (MS-ADTS 3.1.1.3.1.3.3).
 */
export function isInPart(entry: Entry, attribute: string): boolean {
  const beginning = `${attribute.toLowerCase()};range=`;
  return Object.keys(entry).some((name) => name.toLowerCase().startsWith(beginning));
}

function valuesOf(entry: Entry, attribute: string): readonly unknown[] {
  // Most directories give it in the case it was asked for.
  const found = entry[attribute] ?? entry[spelled(entry, attribute)];
  return Array.isArray(found) ? found : [found];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function spelled(entry: Entry, attribute: string): string {
  const wanted = attribute.toLowerCase();
  return Object.keys(entry).find((name) => name.toLowerCase() === wanted) ?? attribute;
}
