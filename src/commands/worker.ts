import { openQueues } from '../queue/queues.ts';
import { syncSchedules, wantedSchedules } from '../queue/schedules.ts';
import { openWorkers } from '../queue/workers.ts';
import { type Door, exitCodes, UsageError } from './door.ts';
import { openCrew, readConfig, redisTrouble, rosterPlace, startLog } from './open.ts';

/**
 * `caretaker worker`: keeps the schedules and works on runs and batches until it is told to stop. Waits for Redis as
 * long as it takes. The first SIGTERM or SIGINT drains, a second ends the process at once.
 */
export async function runWorker(door: Door): Promise<number> {
  const config = readConfig(door);
  if (rosterPlace(config) === '-') {
    throw new UsageError(
      'A worker cannot read its roster from standard input; set CARETAKER_ROSTER to a file.',
    );
  }
  const log = startLog(door, config, 'output');
  const stopped = Promise.withResolvers<void>();
  let signals = 0;
  const unlisten = door.onStopSignal(() => {
    signals += 1;
    if (signals > 1) door.exit(exitCodes.failures);
    log.info({ drainTimeout: config.drainTimeout.toISO() }, 'worker stopping');
    stopped.resolve();
  });

  const queues = openQueues(config, redisTrouble(log));
  const crew = openCrew(door, config, queues, log);
  try {
    const working = start();
    const workers = await Promise.race([working, stopped.promise]);
    if (!workers) return exitCodes.completed;
    log.info({ name: crew.name, mode: config.mode }, 'worker ready');
    await stopped.promise;
    const clean = await workers.close(config.drainTimeout.toMillis());
    log.info({ clean }, 'worker stopped');
    return exitCodes.completed;
  } finally {
    unlisten();
    await Promise.race([
      queues.close(),
      queues.redis.status === 'ready' ? undefined : queues.redis.disconnect(),
    ]);
    await crew.clients.destroy();
  }

  async function start() {
    await queues.runs.waitUntilReady();
    const changes = await syncSchedules(queues.runs, wantedSchedules(config), door.now());
    log.info({ ...changes }, 'schedules in place');
    return openWorkers(crew);
  }
}
