import { z } from 'zod';
import type { Action, Observation } from '../../jobs/job.ts';
import type { KeptProgress } from '../../runs/batch.ts';
import type { Range } from '../../runs/ranges.ts';
import { parseRecord } from './parse.ts';
import { KeptTally } from './tally.ts';

const Index = z.int().min(0);
const Ranges: z.ZodType<Range[]> = z.array(z.tuple([Index, z.int().positive()]));
const CountsByIndex = z.array(z.tuple([Index, z.int().min(0)]));

const KeptAction: z.ZodType<Action> = z.looseObject({
  user: z.object({
    username: z.string(),
    userStorageName: z.string().exactOptional(),
    associateId: z.int().exactOptional(),
    active: z.boolean().exactOptional(),
    groups: z.array(z.string()).exactOptional(),
  }),
  subject: z.string(),
  deadline: z.number().exactOptional(),
  timeout: z.number().exactOptional(),
  lastUsed: z.number().exactOptional(),
  late: z.literal(true).exactOptional(),
});

export const Observations: z.ZodType<Observation[]> = z.array(
  z.array(z.union([z.string(), z.number(), z.null()])),
);

const Progress: z.ZodType<KeptProgress> = z.object({
  pending: Ranges,
  strikes: CountsByIndex,
  doubts: CountsByIndex,
  begun: Ranges,
  failed: Ranges,
  applied: Ranges,
  tally: KeptTally,
  actions: z.array(KeptAction),
  observations: Observations,
});

/**
 * The progress of a batch, out of the progress of its BullMQ job; undefined before the first record.
 *
 * @throws UnreadableRecord when it is anything else: to begin the batch again would write twice
 */
export function readProgress(progress: unknown): KeptProgress | undefined {
  // BullMQ says 0 or {} of a job that never had any.
  if (progress === 0 || (typeof progress === 'object' && progress !== null && isEmpty(progress))) {
    return undefined;
  }
  return parseRecord(Progress, progress, 'The progress of this batch');
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
