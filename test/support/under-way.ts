import { Redis } from 'ioredis';
import { stateToShow } from '../../src/queue/messages/run-state.ts';
import { RunsQueue } from '../../src/queue/queues.ts';
import { standingRun } from '../../src/queue/records/runs/find-run.ts';

/** What a test sees of the run of a job that has not ended, while other processes work on it. */
export interface UnderWay {
  /** The id of the run; undefined when none is under way. */
  run(job: string): Promise<string | undefined>;
  /** Its phase; `starting` before it has begun, undefined when none is under way. */
  phase(job: string): Promise<string | undefined>;
  /** Resolves once the run is in that phase; the time-out of the test is the limit. */
  reaches(job: string, phase: string): Promise<void>;
}

/**
 * Looks at runs over a connection of its own.
 *
 * @param whenFinished calls back when the test has finished: of tests side by side each has its own
 */
export function lookAtRuns(redisUrl: string, whenFinished: (close: () => Promise<void>) => void): UnderWay {
  const prefix = '{caretaker}';
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const runs = new RunsQueue(connection, prefix);
  whenFinished(async () => {
    await runs.close();
    connection.disconnect();
  });
  async function run(job: string): Promise<string | undefined> {
    return (await standingRun(runs, job))?.id;
  }
  async function phase(job: string): Promise<string | undefined> {
    const found = await standingRun(runs, job);
    return found && (stateToShow(found.data)?.phase ?? 'starting');
  }
  return {
    run,
    phase,
    async reaches(job, wanted) {
      while ((await phase(job)) !== wanted);
    },
  };
}
