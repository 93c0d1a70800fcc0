import { aliveWorkers } from '../../queue/alive-workers.ts';
import type { Queues } from '../../queue/queues.ts';
import { describePause, listPauses } from '../../queue/records/pauses.ts';
import { recentRuns } from '../../queue/run-worker/reports/find-report.ts';
import { type Line, linesOf } from './check.ts';

const { ok, warn, notChecked } = linesOf('queue');

/** Among how many of the last runs a held one is looked for. */
const runsRead = 50;

/** Whether workers are connected, and what keeps runs from running: pauses, held runs; times in this zone. */
export async function queueLines(queues: Queues, timeZone: string): Promise<Line[]> {
  const parts = await Promise.all([workerLines(queues), pauseLines(queues, timeZone), heldLines(queues)]);
  return parts.flat();
}

async function workerLines(queues: Queues): Promise<Line[]> {
  try {
    const count = (await aliveWorkers(queues)).filter(({ command }) => command === undefined).length;
    if (count > 0) return [ok('workers', `${count} connected`)];
    return [
      warn(
        'workers',
        'no worker is connected',
        'Start one: caretaker worker. Before the first deployment no action is needed.',
      ),
    ];
  } catch {
    return [notChecked('workers', 'this Redis does not list its clients')];
  }
}

async function pauseLines(queues: Queues, timeZone: string): Promise<Line[]> {
  const pauses = await listPauses(queues);
  if (pauses.length === 0) return [ok('pauses', 'nothing is paused')];
  return pauses.map((pause) => {
    const { problem, advice } = describePause(pause, timeZone);
    return warn('pauses', problem, advice);
  });
}

async function heldLines({ runs }: Queues): Promise<Line[]> {
  const held = (await recentRuns(runs, runsRead)).filter(({ run }) => run.status === 'held');
  if (held.length === 0) return [ok('held runs', 'none')];
  return held.map(({ run, hold }) =>
    hold?.decision
      ? warn(
          'held runs',
          `${run.id}: ${hold.decision.what === 'approve' ? 'approved' : 'rejected'}, and not carried out yet`,
          'Start a worker that may, or the job: caretaker run.',
        )
      : warn(
          'held runs',
          `${run.id}: ${run.reason ?? 'held'}`,
          `Review it: caretaker runs ${run.id}. Then: caretaker approve ${run.id} or caretaker reject ${run.id}`,
        ),
  );
}
