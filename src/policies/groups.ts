import { fold } from '../roster/fold.ts';

/** Whom a policy leaves alone by their groups. */
interface GroupsPolicy {
  readonly excludeGroups: readonly string[] | undefined;
  readonly onlyGroups: readonly string[] | undefined;
}

/** Why a user is left alone: the reason that is counted, and the fact behind it. */
interface LeftAlone {
  readonly reason: 'excluded-group' | 'other-group';
  readonly because: string;
}

/** Whether a policy leaves these groups alone, and why; undefined where it looks after them. */
export function leftAloneByGroup(
  groups: readonly string[] = [],
  { excludeGroups = [], onlyGroups }: GroupsPolicy,
): LeftAlone | undefined {
  const excluded = groups.find((group) => isAmong(group, excludeGroups));
  if (excluded !== undefined)
    return {
      reason: 'excluded-group',
      because: `the user is in ${excluded}, a group of EXCLUDE_GROUPS (${excludeGroups.join(', ')})`,
    };
  if (onlyGroups === undefined || groups.some((group) => isAmong(group, onlyGroups))) return undefined;
  return {
    reason: 'other-group',
    because: `the user is in no group of ONLY_GROUPS (${onlyGroups.join(', ')})`,
  };
}

/** Every group that the policy names. */
export function groupsOf({ excludeGroups = [], onlyGroups = [] }: GroupsPolicy): readonly string[] {
  return [...excludeGroups, ...onlyGroups];
}

function isAmong(group: string, names: readonly string[]): boolean {
  const folded = fold(group);
  return names.some((name) => fold(name) === folded);
}
