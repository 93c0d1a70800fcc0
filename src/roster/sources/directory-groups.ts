import type { Entry } from 'ldapts';
import type { DirectoryConfig } from '../../config/roster/directories.ts';
import { groupsInPart } from './directory-errors.ts';
import { readDn } from './distinguished-name.ts';
import { isInPart, textsOf } from './entry.ts';

/**
 * The groups of a user of a directory: the values of an attribute, and the organizational units in the DN, where the
 * configuration asks for them. Undefined where there are none.
 *
 * @param name what messages call the directory
 * @throws RosterError when the directory gives some of them only: whoever is to be left alone might be missed
 */
export function groupsOf(
  entry: Entry,
  { groupAttribute, dnGroups, prefix }: Pick<DirectoryConfig, 'groupAttribute' | 'dnGroups' | 'prefix'>,
  name: string,
): readonly string[] | undefined {
  if (groupAttribute !== undefined && isInPart(entry, groupAttribute))
    throw groupsInPart(name, groupAttribute, prefix);
  const named = groupAttribute === undefined ? [] : textsOf(entry, groupAttribute).map(nameOf);
  const units = dnGroups ? unitsOf(entry.dn) : [];
  const groups = [...named, ...units];
  return groups.length === 0 ? undefined : groups;
}

/** A group is called by its own name, wherever in the directory it is. */
function nameOf(value: string): string {
  return readDn(value)?.[0]?.[1] ?? value;
}

function unitsOf(dn: string): string[] {
  const parts = readDn(dn) ?? [];
  return parts.filter(([attribute]) => attribute === 'ou').map(([, value]) => value);
}
