import { z } from 'zod';
import { maxNameLength } from '../../roster/columns.ts';
import type { Trigger } from '../../runs/report.ts';
import type { RunState } from './run-state.ts';

/** How many users a run may bring along; more belong in a roster. */
const mostUsers = 10_000;
/** What is said of a payload that is wrong goes into Redis and into the log: ten thousand wrong users are no book. */
const longestComplaint = 500;

const Name = z.string().min(1).max(maxNameLength);

const RequestedUser = z
  .union(
    [
      Name,
      z.strictObject({
        username: Name.describe('Name of the user at the vendor.'),
        userStorageName: Name.optional().describe('Pointsharp storage of the user.'),
        associateId: z.int().positive().optional().describe('SuperOffice associate; the audit needs it.'),
      }),
    ],
    // Of several alternatives zod would only say that none of them fits.
    'expected a user name, or an object with username, and userStorageName and associateId (a whole number) if known',
  )
  .describe('A user name, or a user with storage and associate.');

/** What anybody may put on the queue of runs to start one. Published as JSON Schema in docs/queue-contract.md. */
export const RunRequest = z
  .strictObject({
    mode: z
      .enum(['observe', 'enforce'])
      .optional()
      .describe('Left out: as CARETAKER_MODE of the worker says.'),
    users: z
      .array(RequestedUser)
      .min(1)
      .max(mostUsers)
      .optional()
      .describe('Only these users, in place of the roster.'),
    requestedBy: z.string().max(200).optional().describe('Who asked; shown in the report.'),
    reason: z.string().max(500).optional().describe('Why; shown in the log.'),
  })
  .describe('A run of a maintenance job; the name of the BullMQ job is the name of the maintenance job.');
export type RunRequest = z.infer<typeof RunRequest>;

/** Where a run comes from, as our own commands and schedules note it. Other producers leave it out. */
const Origin = z.strictObject({
  trigger: z.enum(['schedule', 'queue', 'command']) satisfies z.ZodType<Trigger>,
  /** The only worker that may read the roster: the command that was given it. */
  worker: z.string().max(200).optional(),
  /** Fingerprint of the plan file that is applied; the plan itself stays with that command. */
  plan: z.string().max(64).optional(),
});
export type Origin = z.infer<typeof Origin>;

/** Everything the BullMQ job of a run holds. */
export type RunData = RunRequest & { origin?: Origin; state?: RunState };

const RunDataRequest = RunRequest.extend({ origin: Origin.optional(), state: z.unknown().optional() });

/**
 * Reads a request as it came off the queue.
 *
 * @throws Error naming everything that is wrong with it
 */
export function readRequest(data: unknown): RunRequest & { readonly origin?: Origin } {
  // A producer that sends nothing asks for a plain run.
  const result = RunDataRequest.safeParse(data ?? {});
  if (!result.success) {
    throw new Error(`The payload of this run cannot be used: ${complaint(result.error)}`);
  }
  const { state: _, ...request } = result.data;
  return request as RunRequest & { origin?: Origin };
}

/** A user in a batch, without the keys: a million of them travel through the queue. */
export type UserTuple = readonly [
  username: string,
  userStorageName: string | null,
  associateId: number | null,
];
// Not `readonly()` of zod, which would freeze each of them.
const UserTuple: z.ZodType<UserTuple> = z.tuple([z.string(), z.string().nullable(), z.int().nullable()]);

const ActionTuples = z.array(z.looseObject({ user: UserTuple, subject: z.string() }));

/**
 * What a batch holds: users to inspect (or, for jobs that plan from the roster, to act on), actions to apply, or what a
 * plan file says of so many users.
 */
const BatchData = z.union([
  z.strictObject({ users: z.array(UserTuple) }),
  z.strictObject({ actions: ActionTuples }),
  z.strictObject({ planned: z.strictObject({ users: z.int(), actions: ActionTuples }) }),
]);
export type BatchData = z.infer<typeof BatchData>;

/** @throws Error when the payload of a batch is not ours */
export function readBatch(data: unknown): BatchData {
  const result = BatchData.safeParse(data);
  if (result.success) return result.data;
  throw new Error(`The payload of this batch cannot be used: ${complaint(result.error)}`);
}

function complaint(error: z.ZodError): string {
  const whole = z.prettifyError(error).replace(/\s+/g, ' ');
  return whole.length <= longestComplaint ? whole : `${whole.slice(0, longestComplaint).toWellFormed()} …`;
}

/** The JSON Schema of a run request, for producers in any language. */
export function runRequestSchema(): unknown {
  return z.toJSONSchema(RunRequest);
}
