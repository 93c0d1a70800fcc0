import { jobNames } from '../../jobs/index.ts';
import type { WorkerContext } from '../context.ts';
import { cutLoose } from '../cut-loose.ts';
import type { RunJob, RunsQueue } from '../queues.ts';
import { standingRun } from '../records/runs/find-run.ts';
import { batchReader } from './batch-results.ts';

/*
 * A run waits for every child that its BullMQ job has, and whoever adds a job anywhere can make it one: for a queue that
 * nobody works on, say, or for next year. Each process looks from time to time whether a run waits for such ones only.
 */

/** How many children are looked at a time. */
const pageSize = 500;
/** Nobody is to take the child that a run is let go by. */
const outOfSightMs = 60_000;

/** Looks for runs that wait for nothing of theirs, as often as BullMQ looks for lost work. */
export function openRunRelease({ config, queues, log }: WorkerContext): { close(): void } {
  let looking = false;
  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      for (const job of jobNames) {
        const run = await standingRun(queues.runs, job);
        if (!run?.id || (await queues.runs.getJobState(run.id)) !== 'waiting-children') continue;
        const strange = await strangeChildren(run);
        if (!strange) continue;
        log.warn(
          { run: run.id, job, children: strange.length },
          'run no longer waits for what is not its own',
        );
        await free(queues.runs, run, strange);
      }
    } catch (err) {
      log.debug({ err }, 'no look at what runs wait for');
    } finally {
      looking = false;
    }
  }
  const timer = setInterval(() => void look(), config.lockDuration.toMillis());
  timer.unref();
  return { close: () => clearInterval(timer) };
}

/** What a run waits for, if none of it is its own. */
async function strangeChildren(run: RunJob): Promise<string[] | undefined> {
  const readId = batchReader(run);
  const strange = new Set<string>();
  let cursor = 0;
  do {
    const page = await run.getDependencies({ unprocessed: { cursor, count: pageSize } });
    const { unprocessed = [], nextUnprocessedCursor = 0 } = page;
    if (unprocessed.some((key) => readId(key) !== undefined)) return undefined;
    for (const key of unprocessed) strange.add(key);
    cursor = nextUnprocessedCursor;
  } while (cursor !== 0);
  return [...strange];
}

/** Takes its children off a run, whatever they are, and lets it go on. */
async function free(runs: RunsQueue, run: RunJob, children: readonly string[]): Promise<void> {
  const { id = '', name } = run;
  for (const child of children) await runs.redis.srem(`${runs.toKey(id)}:dependencies`, child);
  // BullMQ lets a parent go when its last child is taken off it, and by no other call.
  const parent = { id, queue: run.queueQualifiedName };
  const last = await runs.add(name, { run: id }, { parent, delay: outOfSightMs, removeOnFail: true });
  await cutLoose(last);
  await last.remove();
}
