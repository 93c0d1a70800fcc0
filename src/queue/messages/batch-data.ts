import { z } from 'zod';
import { pack, packed, unpack } from './packed.ts';
import { complaint } from './parse.ts';
import { ActionTuples, UserTuple } from './tuples.ts';
import { UnusablePayload } from './unusable-payload.ts';

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
