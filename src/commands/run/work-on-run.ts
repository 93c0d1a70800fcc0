import type { OpsServer } from '../../ops/server.ts';
import type { WorkerContext } from '../../queue/context.ts';
import type { RunRequest } from '../../queue/messages/run-request.ts';
import { addSkipped } from '../../queue/run-worker/requests/add-run.ts';
import { openWorkers } from '../../queue/workers.ts';
import type { Report } from '../../runs/report.ts';
import { type Display, followRun } from './follow-run.ts';

/** The run of a command, with what the command works with. */
export interface CommandRun {
  readonly id: string;
  readonly job: string;
  readonly request: RunRequest;
  readonly workerContext: WorkerContext;
  readonly ops: OpsServer | undefined;
  readonly display: Display;
}

export function workOnRun(own: CommandRun, id: string): Promise<Report>;
export function workOnRun(
  own: CommandRun,
  id: string,
  add: () => Promise<boolean>,
): Promise<Report | undefined>;
/**
 * Works on one run, and on nothing else, until it has ended or is held.
 *
 * @param add adds the run once somebody is at work on it: other workers leave it to this one only while this one lives
 * @returns undefined when `add` found that another run came first
 */
export async function workOnRun(
  { workerContext, ops, display }: CommandRun,
  id: string,
  add: () => Promise<boolean> = async () => true,
): Promise<Report | undefined> {
  const { config } = workerContext;
  const workers = await openWorkers({ ...workerContext, onlyRun: id });
  try {
    await ops?.attach(workerContext, workers);
    if (!(await add())) return undefined;
    return await followRun(workerContext, id, { ...display, workers });
  } finally {
    ops?.drain();
    await workers.close(config.drainTimeout.toMillis());
  }
}

/** The report of a run that does not begin. It has an id of its own, and its place among the runs. */
export async function skipRun(own: CommandRun, reason: string): Promise<Report> {
  const { id, job, request, workerContext } = own;
  const origin = { trigger: 'command' as const, worker: workerContext.name, skipped: reason };
  await addSkipped(workerContext.queues.runs, { id, job, request: { ...request, origin } });
  return workOnRun(own, id);
}
