import { z } from 'zod';
import type { BatchResult } from '../../runs/batch.ts';
import { Observations } from './batch-progress.ts';
import { pack, packed } from './packed.ts';
import { parseRecord } from './parse.ts';
import { KeptTally } from './tally.ts';
import { ActionTuples, fromActionTuple, toActionTuple } from './tuples.ts';

const Found = z.object({
  actions: ActionTuples.exactOptional(),
  observations: Observations.exactOptional(),
});

/** What a batch hands to its run, as it is kept in Redis until the run has ended. `halted` is `stopped` in code. */
export const BatchReturn = z.object({
  tally: KeptTally,
  found: packed(Found).exactOptional(),
  halted: z.string().exactOptional(),
});
export type BatchReturn = z.input<typeof BatchReturn>;

export function toBatchReturn({ tally, actions, observations, stopped }: BatchResult): BatchReturn {
  const found: z.input<typeof Found> = {
    ...(actions ? { actions: actions.map(toActionTuple) } : {}),
    ...(observations ? { observations: [...observations] } : {}),
  };
  return {
    tally,
    ...(actions || observations ? { found: pack(JSON.stringify(found)) } : {}),
    ...(stopped === undefined ? {} : { halted: stopped }),
  };
}

/** @throws UnreadableRecord when it is not what a batch hands to its run */
export function readBatchReturn(value: unknown): BatchResult {
  const { tally, found = {}, halted } = parseRecord(BatchReturn, value, 'The result of a batch');
  const { actions, observations } = found;
  return {
    tally,
    ...(actions ? { actions: actions.map(fromActionTuple) } : {}),
    ...(observations ? { observations } : {}),
    ...(halted === undefined ? {} : { stopped: halted }),
  };
}
