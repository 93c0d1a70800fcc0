import type { Job } from 'bullmq';
import { vendors } from '../domain/vendor.ts';
import { runsQueueName, vendorQueueName } from './queues.ts';

/*
 * BullMQ lets whoever adds a job name any other one as its parent, which then waits for it, or fails with it. What nobody
 * of ours hung onto a run is taken off again before anything is done with it.
 */

const ours = [runsQueueName, ...vendors.map(vendorQueueName)];

/** Whether a job was added as the child of one on a queue of ours; flows of other programs are their own affair. */
export function hangsOnOurs({ prefix }: { readonly prefix: string }, { parentKey }: Job): boolean {
  return ours.some((name) => parentKey?.startsWith(`${prefix}:${name}:`));
}

/** Takes a job off its parent, which no longer waits for it then. */
export async function cutLoose(queueJob: Job): Promise<void> {
  if (queueJob.parentKey === undefined) return;
  // Refused where the parent is no longer there: then nothing waits.
  await queueJob.removeChildDependency().catch(() => false);
}
