import { toIso } from '../domain/moment.ts';
import type { User } from '../domain/user.ts';
import type { Action } from '../jobs/job.ts';
import type { RosterPlan } from './roster-plan.ts';

/** A planned action as it is shown; moments are ISO 8601. */
export interface ActionRow {
  readonly user: string;
  readonly storage: string | null;
  readonly device: string;
  readonly lastUsed: string | null;
  readonly willBeWarned: string | null;
  readonly willTimeOut: string | null;
  /** `late`: the vendor has warned the user already. */
  readonly why: 'due' | 'late';
}

/** What is planned for a user by a job that plans from the roster. */
export interface UserRow {
  readonly user: string;
  readonly storage: string | null;
  readonly kinds: readonly string[];
}

/** An action of a plan, for those who read it. */
export function toActionRow({ user, subject, lastUsed, deadline, timeout, late }: Action): ActionRow {
  return {
    user: user.username,
    storage: user.userStorageName ?? null,
    device: subject,
    lastUsed: momentOf(lastUsed),
    willBeWarned: momentOf(deadline),
    willTimeOut: momentOf(timeout),
    why: late ? 'late' : 'due',
  };
}

/** What is planned for these users, for those who read it; users with nothing planned are left out. */
export function toUserRows(users: readonly User[], { actions, perUser }: RosterPlan): UserRow[] {
  const rows: UserRow[] = [];
  let start = 0;
  for (const [index, { username, userStorageName = null }] of users.entries()) {
    const end = start + (perUser[index] ?? 0);
    const kinds = actions.slice(start, end).map(({ subject }) => subject);
    if (kinds.length > 0) rows.push({ user: username, storage: userStorageName, kinds });
    start = end;
  }
  return rows;
}

function momentOf(atMs: number | undefined): string | null {
  return atMs === undefined ? null : (toIso(atMs) ?? null);
}
