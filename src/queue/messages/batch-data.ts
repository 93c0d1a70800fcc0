import { z } from 'zod';
import { pack, unpack } from './packed.ts';
import { complaint, jsonText } from './parse.ts';
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
const BatchText = jsonText(BatchData);

/** The text of a batch: what its fingerprint is taken of, and what is packed. */
export function batchText(data: BatchData): string {
  return JSON.stringify(data);
}

/** A batch as it is on the queue of its vendor. */
export type SentBatch = z.infer<typeof SentBatch>;
const SentBatch = z.strictObject({ packed: z.string() });

/** Makes the text of a batch ready for the queue. */
export function sendBatch(text: string): SentBatch {
  return { packed: pack(text, 'fast') };
}

/** The text of a batch off the queue; undefined when it is none of ours. */
export function receiveBatch(data: unknown): string | undefined {
  const result = SentBatch.safeParse(data);
  return result.success ? unpack(result.data.packed) : undefined;
}

/** Reads the text of a batch. @throws UnusablePayload when it is not ours */
export function readBatch(text: string): BatchData {
  const result = BatchText.safeParse(text);
  if (result.success) return result.data;
  throw new UnusablePayload('batch', complaint(result.error));
}
