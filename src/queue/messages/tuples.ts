import type { User } from '../../domain/user.ts';
import type { Action } from '../../jobs/job.ts';
import type { ActionTuple, UserTuple } from './payloads.ts';

/** A user as it travels through the queue. */
export function toTuple({ username, userStorageName, associateId, active, groups }: User): UserTuple {
  const tuple = [username, userStorageName ?? null, associateId ?? null] as const;
  if (groups !== undefined) return [...tuple, active ?? null, groups];
  return active === undefined ? tuple : [...tuple, active];
}

/** A user as it came through the queue. */
export function fromTuple([username, userStorageName, associateId, active, groups]: UserTuple): User {
  return {
    username,
    ...(userStorageName === null ? {} : { userStorageName }),
    ...(associateId === null ? {} : { associateId }),
    ...(active === undefined || active === null ? {} : { active }),
    ...(groups === undefined ? {} : { groups }),
  };
}

/** An action as it travels through the queue. */
export function toActionTuple(action: Action): ActionTuple {
  const { user, subject, deadline, timeout, lastUsed, late, ...rest } = action;
  const head = [toTuple(user), subject, deadline ?? null, timeout ?? null] as const;
  if (Object.keys(rest).length > 0) return [...head, lastUsed ?? null, late ? 1 : 0, rest];
  if (late) return [...head, lastUsed ?? null, 1];
  return lastUsed === undefined ? head : [...head, lastUsed];
}

/** An action as it came through the queue. */
export function fromActionTuple(tuple: ActionTuple): Action {
  const [user, subject, deadline, timeout, lastUsed, late, rest] = tuple;
  return {
    ...rest,
    user: fromTuple(user),
    subject,
    ...(deadline === null ? {} : { deadline }),
    ...(timeout === null ? {} : { timeout }),
    ...(lastUsed === null || lastUsed === undefined ? {} : { lastUsed }),
    ...(late ? { late: true } : {}),
  };
}
