import { type Entry, type Filter, FilterParser } from 'ldapts';
import type { DirectoryConfig } from '../../config/directories.ts';
import { badFilter, hiddenNames, nobodyFound } from './directory-errors.ts';
import type { Session } from './session.ts';

/** The attribute in which Active Directory says that an account is disabled, and the bit for it. */
const accountControl = 'userAccountControl';
const disabledBit = 2;

/**
 * The people of one directory, as NDJSON, a page at a time.
 *
 * @throws RosterError when there are none, or none with a name: that is how rights look that are missing
 */
export async function* readPeople(
  session: Session,
  directory: DirectoryConfig,
): AsyncGenerator<{ readonly lines: string; readonly users: number }> {
  const { filter, usernameAttribute, associateAttribute, mailAttribute, leaverFilter, prefix } = directory;
  const people = readFilter(filter, `${prefix}FILTER`);
  const left = leaverFilter === undefined ? undefined : readFilter(leaverFilter, `${prefix}LEAVER_FILTER`);
  const leavers = new Set<string>();
  if (left) {
    for await (const page of session.search(left, ['1.1'])) {
      for (const { dn } of page) leavers.add(dn.toLowerCase());
    }
  }
  const attributes = [
    ...[usernameAttribute, accountControl],
    ...(associateAttribute ? [associateAttribute] : []),
    ...(mailAttribute ? [mailAttribute] : []),
  ];
  let entries = 0;
  let named = 0;
  for await (const page of session.search(people, attributes)) {
    let lines = '';
    let users = 0;
    for (const entry of page) {
      const row = readEntry(entry, directory, leavers);
      entries += 1;
      if (row.username !== undefined) users += 1;
      lines += `${JSON.stringify(row)}\n`;
    }
    named += users;
    yield { lines, users };
  }
  if (entries === 0) throw nobodyFound(session.name, prefix);
  if (named === 0) throw hiddenNames(session.name, { entries, attribute: usernameAttribute, prefix });
}

function readFilter(text: string, variable: string): Filter {
  try {
    return FilterParser.parseString(text);
  } catch (error) {
    throw badFilter(variable, error);
  }
}

/** The row of an entry. One that says nothing is still a row, to be counted and turned down: `entry` keeps it from being blank. */
function readEntry(
  entry: Entry,
  { usernameAttribute, associateAttribute, mailAttribute, storage }: DirectoryConfig,
  leavers: ReadonlySet<string>,
) {
  const username = textOf(entry, usernameAttribute);
  const associateId = associateAttribute && textOf(entry, associateAttribute);
  const mail = mailAttribute && textOf(entry, mailAttribute);
  const active = leavers.has(entry.dn.toLowerCase()) ? false : isEnabled(textOf(entry, accountControl));
  return { entry: true, username, userStorageName: storage, associateId, mail, active };
}

/** Unknown where the directory does not say it, or says something that is no number. */
function isEnabled(control: string | undefined): boolean | undefined {
  if (control === undefined || !/^-?\d{1,10}$/.test(control)) return undefined;
  return (Number(control) & disabledBit) === 0;
}

/** The first value of an attribute, whatever the case of its name; undefined where there is none, or one that is no text. */
function textOf(entry: Entry, attribute: string): string | undefined {
  // Most directories give it in the case it was asked for.
  const found = entry[attribute] ?? entry[spelled(entry, attribute)];
  const [value] = Array.isArray(found) ? found : [found];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function spelled(entry: Entry, attribute: string): string {
  const wanted = attribute.toLowerCase();
  return Object.keys(entry).find((name) => name.toLowerCase() === wanted) ?? attribute;
}
