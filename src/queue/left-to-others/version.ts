import { aliveWorkers } from '../alive-workers.ts';
import type { WorkerContext } from '../context.ts';
import { otherFormat, runFormat } from '../messages/run-state.ts';

/** What becomes of a run that another version of the program began, whose rules may be others than ours. */
export type VersionVerdict =
  /** A process of that version is there and carries it on. */
  | { readonly kind: 'leave'; readonly format: string }
  /** Nobody is left who knows its rules: it ends, and nothing more is written for it. */
  | { readonly kind: 'end'; readonly reason: string };

/**
 * Looks whether a run is of another version. While workers are replaced one by one, each version carries on what it began.
 *
 * @param data what is kept of the run
 * @returns undefined for a run of ours, and for one that has not begun
 */
export async function lookAtVersion(
  { queues }: Pick<WorkerContext, 'queues'>,
  job: string,
  data: unknown,
): Promise<VersionVerdict | undefined> {
  const format = otherFormat(data);
  if (format === undefined) return undefined;
  const alive = (await aliveWorkers(queues)).some(
    (one) => one.format === format && (one.command === undefined || one.command === job),
  );
  if (alive) return { kind: 'leave', format };
  const reason = `Another version of the program began this run (format ${format}, here ${runFormat}), and no process of that version is left. Start it again.`;
  return { kind: 'end', reason };
}
