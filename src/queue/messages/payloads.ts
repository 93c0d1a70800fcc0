import { z } from 'zod';
import { OperatorError } from '../../domain/operator-error.ts';
import { maxNameLength } from '../../roster/columns.ts';
import { pack, packed, unpack } from './packed.ts';
import { complaint } from './parse.ts';
import { Mode, Trigger } from './vocabulary.ts';

/** How many users a run may bring along; more belong in a roster. */
const mostUsers = 10_000;

const Name = z.string().min(1).max(maxNameLength);

const RequestedUser = z
  .union(
    [
      Name,
      z.strictObject({
        username: Name.describe('Name of the user at the vendor.'),
        userStorageName: Name.exactOptional().describe('Pointsharp storage of the user.'),
        associateId: z
          .int()
          .positive()
          .exactOptional()
          .describe('SuperOffice associate; audit-pocket needs it.'),
        active: z
          .boolean()
          .exactOptional()
          .describe('false: the user has left, and no device of theirs is refreshed.'),
      }),
    ],
    // Of several alternatives zod would only say that none of them fits.
    'expected a user name, or an object with username, and userStorageName and associateId (a whole number) if known',
  )
  .describe('A user name, or a user with storage and associate.');

/** What anybody may put on the queue of runs to start one. Published as JSON Schema in docs/queue-contract.md. */
export const RunRequest = z
  .strictObject({
    mode: Mode.optional().describe('Default: the CARETAKER_MODE of the worker.'),
    users: z
      .array(RequestedUser)
      .min(1)
      .max(mostUsers)
      .optional()
      .describe('Only these users, instead of the roster.'),
    requestedBy: z.string().max(200).optional().describe('Who requested the run; shown in the report.'),
    reason: z.string().max(500).optional().describe('Why the run was requested; shown in the report.'),
  })
  .describe('A run of a maintenance job; the name of the BullMQ job is the name of the maintenance job.');
export type RunRequest = z.infer<typeof RunRequest>;

/** Where a run comes from, as our own commands and schedules note it. Other producers leave it out. */
const Origin = z.strictObject({
  trigger: Trigger,
  /** The only worker that may read the roster: the command that was given it. */
  worker: z.string().max(200).optional(),
  /** Fingerprint of the plan file that is applied; the plan itself stays with that command. */
  plan: z.string().max(64).optional(),
  /** Why the run did not even begin; all that is left to do is its report. */
  skipped: z.string().max(2000).optional(),
  /** When a run was due that is caught up, because its vendor could not be asked then. */
  catchUp: z.iso.datetime().optional(),
});
export type Origin = z.infer<typeof Origin>;

/** A request as it is on the queue of runs, with where it comes from. */
export type SentRequest = RunRequest & { readonly origin?: Origin };

const SentRequest = RunRequest.extend({
  origin: Origin.exactOptional(),
  // Of a run, once it has begun; of a request it is left out.
  state: z.unknown().optional(),
});

/**
 * Reads a request as it came off the queue.
 *
 * @throws UnusablePayload naming everything that is wrong with it
 */
export function readRequest(data: unknown): SentRequest {
  // A producer that sends nothing asks for a plain run.
  const result = SentRequest.safeParse(data ?? {});
  if (!result.success) throw new UnusablePayload('run', complaint(result.error));
  const { state: _, ...request } = result.data;
  return request;
}

const Head = z.object({
  mode: Mode.optional().catch(undefined),
  requestedBy: z.string().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  origin: z.object({ trigger: Trigger }).optional().catch(undefined),
});

/** What a report says of a request, without a look at its users; what cannot be read is left out. */
export function readHead(data: unknown): z.infer<typeof Head> {
  return Head.catch({}).parse(data);
}

/** Whether a request is for some users only. */
export function namesUsers(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'users' in data && data.users !== undefined;
}

/** A payload that is not ours. To try it again would not help. */
export class UnusablePayload extends OperatorError {
  override readonly name = 'UnusablePayload';

  constructor(of: 'run' | 'batch', why: string) {
    const advice = of === 'run' ? 'Send it as docs/queue-contract.md describes it.' : 'Start the run again.';
    super({ problem: `The payload of this ${of} cannot be used: ${why}.`, advice });
  }
}

/** A user in a batch, without the keys: a million of them travel through the queue. */
export type UserTuple = readonly [
  username: string,
  userStorageName: string | null,
  associateId: number | null,
  active?: boolean | undefined,
];
// Not `readonly()` of zod, which would freeze each of them.
const UserTuple: z.ZodType<UserTuple> = z.tuple([
  z.string(),
  z.string().nullable(),
  z.int().nullable(),
  z.boolean().optional(),
]);

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

export const ActionTuples: z.ZodType<ActionTuple[]> = z.array(ActionTuple);

/**
 * What a batch holds: users to inspect (or, for jobs that plan from the roster, to act on), actions to apply, or what a
 * plan file says of so many users.
 */
export const BatchData = z.union([
  z.strictObject({ users: z.array(UserTuple) }),
  z.strictObject({ actions: ActionTuples }),
  z.strictObject({ planned: z.strictObject({ users: z.int(), actions: ActionTuples }) }),
]);
export type BatchData = z.infer<typeof BatchData>;

/** A batch as it is on the queue of its vendor. */
export type SentBatch = z.input<typeof SentBatch>;
const SentBatch = z.strictObject({ packed: packed(BatchData) });

/** Makes a batch ready for the queue. */
export function sendBatch(data: BatchData): SentBatch {
  return { packed: pack(JSON.stringify(data)) };
}

/** The text of a batch off the queue, of which its fingerprint was taken; undefined when it is none of ours. */
export function batchText(data: unknown): string | undefined {
  const result = z.object({ packed: z.string() }).safeParse(data);
  return result.success ? unpack(result.data.packed) : undefined;
}

/** @throws UnusablePayload when the payload of a batch is not ours */
export function readBatch(data: unknown): BatchData {
  const result = SentBatch.safeParse(data);
  if (result.success) return result.data.packed;
  throw new UnusablePayload('batch', complaint(result.error));
}

/** The JSON Schema of a run request, for producers in any language. */
export function runRequestSchema(): unknown {
  return z.toJSONSchema(RunRequest);
}
