import { z } from 'zod';
import { toIso } from '../../domain/moment.ts';
import type { Action } from '../../jobs/job.ts';

/* Users and actions as a plan file has them: what a person reads. */

export const PlannedUser = z.strictObject({
  username: z.string().min(1),
  userStorageName: z.string().min(1).exactOptional(),
  associateId: z.int().positive().exactOptional(),
  active: z.boolean().exactOptional(),
  groups: z.array(z.string()).readonly().exactOptional(),
});

/** ISO 8601 in the file, epoch milliseconds here. */
const Moment = z
  .string()
  .refine((text) => toIso(Date.parse(text)) === text, 'expected a moment such as 2026-11-22T02:15:00.000Z')
  .transform((text) => Date.parse(text));

export const PlannedAction = z.looseObject({
  user: PlannedUser,
  subject: z.string(),
  lastUsed: Moment.exactOptional(),
  deadline: Moment.exactOptional(),
  timeout: Moment.exactOptional(),
  late: z.literal(true).exactOptional(),
});

/** An action with its moments as the file has them. */
export function writeAction({ user, subject, lastUsed, deadline, timeout, ...rest }: Action) {
  return {
    user,
    subject,
    ...(lastUsed === undefined ? {} : { lastUsed: toIso(lastUsed) }),
    ...(deadline === undefined ? {} : { deadline: toIso(deadline) }),
    ...(timeout === undefined ? {} : { timeout: toIso(timeout) }),
    ...rest,
  };
}
