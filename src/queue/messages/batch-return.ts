import { z } from 'zod';
import type { BatchResult } from '../../runs/batch.ts';
import { Observations } from './batch-progress.ts';
import { pack, packed } from './packed.ts';
import { parseRecord } from './parse.ts';
import { KeptTally } from './tally.ts';
import { ActionTuples, fromActionTuple, toActionTuple } from './tuples.ts';

/** Observations stand in columns: what is alike in them stands together, which packs better. */
const Found = z.object({
  actions: ActionTuples.exactOptional(),
  columns: Observations.exactOptional(),
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
    ...(observations ? { columns: transposed(observations) } : {}),
  };
  return {
    tally,
    ...(actions || observations ? { found: pack(JSON.stringify(found), 'small') } : {}),
    ...(stopped === undefined ? {} : { halted: stopped }),
  };
}

/** @throws UnreadableRecord when it is not what a batch hands to its run */
export function readBatchReturn(value: unknown): BatchResult {
  const { tally, found = {}, halted } = parseRecord(BatchReturn, value, 'The result of a batch');
  const { actions, columns } = found;
  return {
    tally,
    ...(actions ? { actions: actions.map(fromActionTuple) } : {}),
    ...(columns ? { observations: transposed(columns) } : {}),
    ...(halted === undefined ? {} : { stopped: halted }),
  };
}

/** Rows as columns, and columns as rows; each row is as long as the first. */
function transposed<Cell>(table: readonly (readonly Cell[])[]): Cell[][] {
  const [first = []] = table;
  return first.map((_, index) => table.map((row) => row[index] as Cell));
}
