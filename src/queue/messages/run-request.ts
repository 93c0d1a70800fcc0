import { z } from 'zod';
import { maxNameLength } from '../../roster/columns.ts';
import { complaint } from './parse.ts';
import { UnusablePayload } from './unusable-payload.ts';
import { Mode, Trigger } from './vocabulary.ts';

/** How many users a run may bring along; more belong in a roster. */
const mostUsers = 10_000;

const Name = z.string().min(1).max(maxNameLength);

const Groups: z.ZodType<readonly string[]> = z.array(z.string().min(1));

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
        groups: Groups.exactOptional().describe(
          'Groups of the user, for policies that leave groups alone; left out, none.',
        ),
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

/** The JSON Schema of a run request, for producers in any language. */
export function runRequestSchema(): unknown {
  return z.toJSONSchema(RunRequest);
}
