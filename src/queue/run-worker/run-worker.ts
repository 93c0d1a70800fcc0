import type { RepeatOptions } from 'bullmq';
import { findJob } from '../../jobs/index.ts';
import { forgetBatches, type LastBatch } from '../batch-worker/batch-results.ts';
import { planToKeep } from '../batch-worker/kept-plan.ts';
import type { WorkerContext } from '../context.ts';
import { HeartbeatWorker } from '../heartbeat-worker.ts';
import { lookAtRedisClock } from '../left-to-others/clocks.ts';
import { readReport } from '../messages/report.ts';
import { type RunJob, runsQueueName } from '../queues.ts';
import { rememberLastRun } from '../records/last-run.ts';
import { closeRecord, readRecord } from '../records/runs/run-record.ts';
import { repeatStrategy } from '../repeat-strategy.ts';
import { workerOptions } from '../worker-options.ts';
import { processQueueJob, type RunHelpers } from './process-run.ts';
import { reportOf } from './reports/find-report.ts';

/** Runs and run requests at once; most of them only wait for their batches, and do not count then. */
const concurrency = 16;

/** Works on the queue of runs. */
export function openRunWorker(context: WorkerContext, helpers: RunHelpers): HeartbeatWorker {
  /** A worker whose clock is wrong sets none, and puts the tick back that it took. */
  async function nextTick(millis: number, options: RepeatOptions): Promise<number | undefined> {
    return (await lookAtRedisClock(context)) ? undefined : repeatStrategy(millis, options);
  }
  const { keepRuns, keepRunsFor } = context.config;
  const kept = { count: keepRuns, age: keepRunsFor.as('seconds') };
  /** Of runs that this worker ends, until BullMQ has them for ended. */
  const plans = new Map<string, LastBatch>();
  const worker = new HeartbeatWorker(
    runsQueueName,
    async (queueJob: RunJob, token: string | undefined, signal: AbortSignal | undefined) => {
      const report = await processQueueJob({ context, ...helpers }, queueJob, token, signal);
      const plan = report && (await planToKeep(context, queueJob, report));
      if (plan) plans.set(queueJob.id ?? '', plan);
      return report;
    },
    {
      ...workerOptions(context),
      concurrency,
      removeOnComplete: kept,
      removeOnFail: kept,
      settings: { repeatStrategy: nextTick },
    },
  );
  worker.on('completed', ({ id = '' }, returned) => {
    helpers.losses.forget(id);
    const report = readReport(returned);
    // Of a run that only observed people read later what it would have done, and of others for whom they came too late.
    const isRead = report?.run.mode === 'observe' || plans.has(id);
    const keepForMs = isRead ? keepRunsFor.toMillis() : undefined;
    Promise.all([
      forgetBatches(context.queues, id, plans.get(id)),
      closeRecord(context.queues, id, keepForMs),
    ]).catch((err: unknown) => context.log.warn({ err }, 'batches not removed'));
    plans.delete(id);
    // A request hands on the report of its run; that is told by whoever ended the run.
    if (report && report.run.id === id) context.observer?.runEnded(report);
  });
  worker.on('failed', (queueJob) => {
    if (queueJob?.finishedOn === undefined || !findJob(queueJob.name)) return;
    endedWithoutReport(context, queueJob).catch((err: unknown) =>
      context.log.warn({ err }, 'last run not kept'),
    );
  });
  return worker;
}

/** A run or a run request that failed before it could make a report. */
async function endedWithoutReport(context: WorkerContext, queueJob: RunJob): Promise<void> {
  const { queues, config } = context;
  const report = await reportOf(queues.runs, queueJob);
  if (!report) return;
  context.observer?.runEnded(report);
  const record = await readRecord(queues, queueJob.id ?? '');
  if (!record) return;
  await rememberLastRun(queues, record.data, report);
  await closeRecord(queues, queueJob.id ?? '', config.keepRunsFor.toMillis());
}
