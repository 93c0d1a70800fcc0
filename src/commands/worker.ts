import { ConfigError } from '../config/errors.ts';
import { type ExitCode, exitCodes } from '../domain/exit-codes.ts';
import { openTraces } from '../ops/traces.ts';
import type { WorkerContext } from '../queue/context.ts';
import type { Queues } from '../queue/queues.ts';
import { checkMargins } from '../queue/schedules/check-margins.ts';
import { maintainSchedules } from '../queue/schedules/maintain-schedules.ts';
import { watchFitness } from '../queue/watch-fitness.ts';
import { openWorkers, type Workers } from '../queue/workers.ts';
import type { CommandContext } from './context.ts';
import { openClients } from './setup/clients.ts';
import { readConfig, rosterPath, startLog, warnOfAssumptions } from './setup/config.ts';
import { openOpsIfSet } from './setup/ops.ts';
import { openQueuesOnceThere, withRedisErrors } from './setup/queues.ts';
import { createWorkerContext } from './setup/worker-context.ts';
import { UsageError } from './usage-error.ts';

/** What draining may take beyond its deadline: to hand back what is in flight, and to close connections. */
const graceMs = 10_000;

/**
 * `caretaker worker`: keeps the schedules and works on runs and batches until it is told to stop. Waits for Redis as
 * long as it takes. The first SIGTERM or SIGINT drains, a second ends the process at once.
 */
export async function runWorker(context: CommandContext): Promise<number> {
  const config = readConfig(context, 'enabled jobs');
  if (rosterPath(config) === '-') {
    throw new UsageError(
      'A worker cannot read its roster from standard input.',
      'Set CARETAKER_ROSTER to a file.',
    );
  }
  // A certificate that cannot be used is reported now, not once Redis answers.
  await openClients(config).destroy();
  const log = startLog(context, config, 'output');
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  const logLoss = stopWithoutLog(context, stop);
  warnOfAssumptions(log, config, config.mode);
  // Probes are answered while the worker still waits for Redis.
  const ops = await openOpsIfSet(context, config, log);
  const unlisten = context.onStopSignal(() => {
    if (stop.signal.aborted) {
      log.warn('worker quits at once');
      context.exit(exitCodes.failures);
    }
    log.info({ drainTimeout: config.drainTimeout.toISO() }, 'worker stopping');
    stop.abort();
  });
  stop.signal.addEventListener('abort', () => {
    ops?.drain();
    // Should it hang all the same, the process ends.
    setTimeout(() => context.exit(exitCodes.failures), config.drainTimeout.toMillis() + graceMs).unref();
  });
  const tracing = await openTraces(config.traces, log, Date.now);
  try {
    const queues = await openQueuesOnceThere(config, log, stop.signal, {
      tracing,
      onRefused: ops?.observer.redisRefused,
    });
    if (queues) await withRedisErrors(config, () => workUntilStopped(queues));
    return logLoss.code();
  } finally {
    logLoss.unlisten();
    await ops?.close();
    await tracing?.close();
    unlisten();
  }

  async function attach(workerContext: WorkerContext, workers: Workers): Promise<void> {
    try {
      await ops?.attach(workerContext, workers);
    } catch (error) {
      // They would keep the process alive, and work on though nobody can look on.
      await workers.close(0);
      throw error;
    }
  }

  async function workUntilStopped(queues: Queues): Promise<void> {
    const workerContext = createWorkerContext(context, {
      config,
      queues,
      log,
      observer: ops?.observer,
      tracing,
    });
    try {
      await refuseOutgrownMargins(workerContext);
      await maintainSchedules(workerContext, stop.signal);
      watchFitness(workerContext, stop.signal);
      const workers = await openWorkers(workerContext);
      if (!stop.signal.aborted) await attach(workerContext, workers);
      log.info({ name: workerContext.name, mode: config.mode }, 'worker ready');
      await stopped;
      const clean = await workers.close(config.drainTimeout.toMillis());
      log.info({ clean }, 'worker stopped');
      if (clean && queues.redis.status === 'ready') return;
      // What could not be closed, or tries in vain to reach Redis, would keep the process alive.
      await tracing?.close();
      context.exit(clean ? exitCodes.completed : exitCodes.failures);
    } finally {
      await Promise.race([
        queues.close(),
        queues.redis.status === 'ready' ? undefined : queues.redis.disconnect(),
      ]);
      await workerContext.clients.destroy();
    }
  }
}

/**
 * A worker whose log cannot be written any more stops: nobody would see what it does. It ends with a failure, so that a
 * service manager starts it again.
 */
function stopWithoutLog(
  { output, errors }: CommandContext,
  stop: AbortController,
): { code(): ExitCode; unlisten(): void } {
  let isLost = false;
  const lose = () => {
    if (!isLost) errors.write('caretaker: The log cannot be written any more, so the worker stops.\n');
    isLost = true;
    stop.abort();
  };
  output.on('error', lose);
  return {
    code: () => (isLost ? exitCodes.failures : exitCodes.completed),
    unlisten: () => output.off('error', lose),
  };
}

/** What the last runs show is refused as the configuration alone would be: in enforce only. */
async function refuseOutgrownMargins({ config, queues, log, now }: WorkerContext): Promise<void> {
  const problems = await checkMargins(queues, config, now());
  if (problems.length === 0) return;
  if (config.mode === 'enforce') {
    throw new ConfigError(problems);
  }
  for (const { job, message } of problems) log.warn({ job, warning: message }, 'configuration warning');
}
