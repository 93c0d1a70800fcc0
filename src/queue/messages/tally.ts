import { z } from 'zod';
import type { Failure, Tally } from '../../runs/tally.ts';

const Count = z.int().min(0);

/** How often each of some names was counted. */
export const Counts = z.record(z.string(), Count);

export const KeptFailure: z.ZodType<Failure> = z.object({
  user: z.string(),
  subject: z.string().exactOptional(),
  reason: z.string(),
});

/** The numbers of a batch, as they are kept in Redis. */
export const KeptTally: z.ZodType<Tally> = z.object({
  users: z.object({
    inspected: Count,
    failed: Count,
    notReached: Count,
    // Batches of earlier versions asked everybody.
    notAsked: Count.default(0),
  }),
  actions: z.object({ planned: Count, applied: Count, skipped: Count, failed: Count, notReached: Count }),
  // Batches of earlier versions do not say it.
  unreadable: Count.default(0),
  touched: Count,
  late: Count,
  repeated: Count,
  attempts: Count,
  requests: Count,
  kept: Counts,
  findings: Counts,
  failures: z.array(KeptFailure),
});
