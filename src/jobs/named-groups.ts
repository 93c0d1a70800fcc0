import type { SettingTexts } from '../config/settings/setting.ts';
import type { User } from '../domain/user.ts';
import { fold } from '../roster/fold.ts';
import { carriedPolicy } from './carried-policy.ts';
import type { AnyJob } from './index.ts';

/**
 * The groups that the policy of a run names, whatever the policy of this process is.
 *
 * @param policy as the run carries it
 */
export function groupsNamedBy(job: AnyJob, policy: SettingTexts): readonly string[] {
  return job.groups?.(carriedPolicy(job, policy)) ?? [];
}

/** The groups that the policy of a run names, while its users are read. */
export interface NamedGroups {
  /** The user with no other groups than those: somebody may be in hundreds, and a million users travel through Redis. */
  narrow(user: User): User;
  /** Those that no user has had so far, as the policy writes them. */
  missing(): readonly string[];
}

/** @param names as the policy writes them */
export function createNamedGroups(names: readonly string[]): NamedGroups {
  const named = new Map(names.map((name) => [fold(name), name]));
  const missing = new Map(named);
  return {
    narrow(user) {
      if (user.groups === undefined) return user;
      const { groups, ...rest } = user;
      const kept = groups.filter((group) => named.has(fold(group)));
      for (const group of kept) missing.delete(fold(group));
      return kept.length === 0 ? rest : { ...rest, groups: kept };
    },
    missing: () => [...missing.values()],
  };
}
