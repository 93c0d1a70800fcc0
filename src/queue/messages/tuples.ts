import type { User } from '../../domain/user.ts';
import type { Action } from '../../jobs/job.ts';
import type { UserTuple } from './payloads.ts';

/** A user as it travels through the queue. */
export function toTuple({ username, userStorageName, associateId }: User): UserTuple {
  return [username, userStorageName ?? null, associateId ?? null];
}

/** A user as it came through the queue. */
export function fromTuple([username, userStorageName, associateId]: UserTuple): User {
  return {
    username,
    ...(userStorageName === null ? {} : { userStorageName }),
    ...(associateId === null ? {} : { associateId }),
  };
}

/** An action as it travels through the queue. */
export type ActionTuple = Omit<Action, 'user'> & { readonly user: UserTuple };

export function toActionTuple({ user, ...rest }: Action): ActionTuple {
  return { ...rest, user: toTuple(user) };
}

export function fromActionTuple({ user, ...rest }: ActionTuple): Action {
  return { ...rest, user: fromTuple(user) };
}
