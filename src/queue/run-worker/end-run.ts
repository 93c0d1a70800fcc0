import type { DateTime } from 'luxon';
import { exitCodes } from '../../domain/exit-codes.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import type { WorkerContext } from '../context.ts';
import { reasonIfOff } from '../left-to-others/switched-off.ts';
import { stateToShow } from '../messages/run-state.ts';
import type { Queues } from '../queues.ts';
import { findRun, standingRun } from '../records/runs/find-run.ts';
import { jobById } from '../records/runs/job-by-id.ts';
import { stopRun } from '../stop-run.ts';
import { wake } from './phases/hold.ts';
import { isUndecided } from './requests/standing-run.ts';

/** A run that cannot be stopped. */
class NotUnderWay extends OperatorError {
  override readonly name = 'NotUnderWay';

  constructor(problem: string, advice: string) {
    super({ problem, advice, exitCode: exitCodes.usage });
  }
}

/**
 * Leaves word that a run under way is to stop behind what is in flight. Whoever is there brings it to its report.
 *
 * @param reason for the report: who stopped it, and why
 * @throws NotUnderWay when there is no such run, it has ended, or it is held
 */
export async function endRun(
  { runs }: Pick<Queues, 'runs'>,
  id: string,
  reason: string,
  now: DateTime,
): Promise<void> {
  const run = await findRun(runs, id);
  if (!run) {
    const ended = await jobById(runs, id);
    throw ended?.finishedOn === undefined
      ? new NotUnderWay(`There is no run ${id}.`, 'List the runs with caretaker runs.')
      : new NotUnderWay(`The run ${id} has ended already.`, `Look at it with caretaker runs ${id}.`);
  }
  if (isUndecided(stateToShow(run.data), now)) {
    throw new NotUnderWay(`The run ${id} is held.`, `Reject it with caretaker reject ${id}.`);
  }
  await stopRun(runs, id, reason);
  // It may have come to be held meanwhile.
  await wake(runs, id);
}

/** Stops the runs of jobs that are switched off here: other processes may have all their batches at work. */
export async function stopSwitchedOff({ config, queues, log }: WorkerContext): Promise<void> {
  for (const name of Object.keys(config.jobs)) {
    const reason = reasonIfOff(config, name);
    const id = reason === undefined ? undefined : (await standingRun(queues.runs, name))?.id;
    if (reason === undefined || id === undefined) continue;
    log.warn({ run: id, job: name, reason }, 'run stopped');
    await stopRun(queues.runs, id, reason);
    await wake(queues.runs, id);
  }
}
