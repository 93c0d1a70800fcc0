import { z } from 'zod';
import type { User } from '../../domain/user.ts';
import type { Action } from '../../jobs/job.ts';

/** A user in a batch, without the keys: a million of them travel through the queue. */
export type UserTuple = readonly [
  username: string,
  userStorageName: string | null,
  associateId: number | null,
  active?: boolean | null | undefined,
  groups?: readonly string[] | undefined,
];
/** Not a tuple of zod, which copies each of a million: that takes three times as long as to parse their JSON. */
export const UserTuple = z
  .custom<UserTuple>(isUserTuple, 'expected a user as a tuple')
  // Its shape, for who compares formats: it says what the check does.
  .describe('[text, text | null, integer | null, (boolean | null)?, text[]?]');

function isUserTuple(value: unknown): value is UserTuple {
  if (!Array.isArray(value) || value.length < 3 || value.length > 5) return false;
  const [username, userStorageName, associateId, active = null, groups = []]: readonly unknown[] = value;
  return (
    typeof username === 'string' &&
    (userStorageName === null || typeof userStorageName === 'string') &&
    (associateId === null || Number.isSafeInteger(associateId)) &&
    (active === null || typeof active === 'boolean') &&
    Array.isArray(groups) &&
    groups.every((group) => typeof group === 'string')
  );
}

/** What a job needs of an action beyond what all actions have. */
const Rest = z.record(z.string(), z.unknown());
const Moment = z.number().nullable();

/** An action, without the keys; at its end what is missing is left out. */
export type ActionTuple = readonly [
  user: UserTuple,
  subject: string,
  deadline: number | null,
  timeout: number | null,
  lastUsed?: number | null | undefined,
  late?: 0 | 1 | undefined,
  rest?: Readonly<Record<string, unknown>> | undefined,
];
const ActionTuple: z.ZodType<ActionTuple> = z.tuple([
  UserTuple,
  z.string(),
  Moment,
  Moment,
  Moment.optional(),
  z.literal([0, 1]).optional(),
  Rest.optional(),
]);

/** The actions of a batch, as they are read. */
export const ActionTuples: z.ZodType<ActionTuple[]> = z.array(ActionTuple);

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
