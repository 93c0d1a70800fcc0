import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import type { OpsServer } from '../../ops/server.ts';
import { openTraces } from '../../ops/traces.ts';
import { commandName } from '../../queue/alive-workers.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { newRunId } from '../../queue/messages/run-id.ts';
import type { RunRequest } from '../../queue/messages/run-request.ts';
import { addRun } from '../../queue/run-worker/requests/add-run.ts';
import { lookAtStandingRun } from '../../queue/run-worker/requests/standing-run.ts';
import type { PlanFile } from '../../runs/plan-files/plan-file.ts';
import type { Report } from '../../runs/report.ts';
import type { CommandContext } from '../context.ts';
import { openOpsIfPossible } from '../setup/ops.ts';
import { openQueuesNow, withRedisErrors } from '../setup/queues.ts';
import { createWorkerContext } from '../setup/worker-context.ts';
import { printJson } from '../terminal/output.ts';
import { printReport } from '../terminal/print-report.ts';
import { showProgress } from '../terminal/progress.ts';
import { exitCodeOf } from './exit-code.ts';
import { recordRun } from './record-run.ts';
import { refusePaused } from './run-request.ts';
import { type CommandRun, skipRun, workOnRun } from './work-on-run.ts';

/** A run that a command brings and works on itself. */
interface InProcessRun {
  readonly config: Config;
  readonly log: Logger;
  readonly job: string;
  readonly request: RunRequest;
  /** Left out: the roster of the configuration. */
  readonly openRoster?: WorkerContext['openRoster'];
  /** What is applied, in place of a plan of its own. */
  readonly plan?: PlanFile;
  /** Whether the report is printed as JSON, and no progress is shown. */
  readonly json: boolean;
}

/**
 * Settles what stands in the way of a run, adds the run, works on it to its end, prints its report. Resolves to the exit
 * code. A request in enforce lifts the ceiling of an observing process for this run alone.
 */
export async function runInProcess(context: CommandContext, own: InProcessRun): Promise<number> {
  const { config, log, json, job, request, openRoster, plan } = own;
  const tracing = await openTraces(config.traces, log, Date.now);
  let ops: OpsServer | undefined;
  const onRefused = (code: string) => ops?.observer.redisRefused(code);
  const queues = await openQueuesNow(config, log, { tracing, onRefused });
  const named = { ...context, name: commandName(context.name, job) };
  ops = await openOpsIfPossible(named, config, log);
  const progress = showProgress(context, json);
  const id = newRunId(job, context.now());
  let workerContext: WorkerContext | undefined;
  try {
    const opened = createWorkerContext(named, {
      config,
      queues,
      log,
      openRoster,
      observer: ops?.observer,
      tracing,
      ...(request.mode === 'enforce' ? { liftedFor: id } : {}),
    });
    workerContext = plan ? { ...opened, plan } : opened;
    await refusePaused(queues, job, config, plan ? 'plan' : 'roster');
    const mine = { id, job, request, workerContext, ops, display: { context, progress } };
    const report = await withRedisErrors(config, () =>
      recordRun(context, { config, queues, log, mode: config.mode }, own, () => runToEnd(mine)),
    );
    progress.end();
    if (json) printJson(context, report);
    else printReport(context, report, config);
    return exitCodeOf(report, config.failOn);
  } finally {
    progress.end();
    await ops?.close();
    await queues.close();
    await workerContext?.clients.destroy();
    await tracing?.close();
  }
}

/** Settles what stands in the way, and then does what the command was asked for. */
async function runToEnd(own: CommandRun): Promise<Report> {
  const { id, job, request, workerContext, display } = own;
  const { context, progress } = display;
  const say = (line: string) => {
    progress.end();
    context.errors.write(`${line}\n`);
  };
  let isToStop = false;
  const unlisten = context.onStopSignal(() => {
    isToStop = true;
  });
  try {
    for (;;) {
      const verdict = await lookAtStandingRun(workerContext, job);
      if (verdict?.kind === 'skip') return skipRun(own, verdict.reason);
      if (verdict) {
        say(`first settling run ${verdict.id}: ${verdict.because}`);
        const settled = await workOnRun(own, verdict.id);
        say(`run ${verdict.id} is settled: ${settled.run.status}`);
        // Whoever stops what is settled does not want what comes after it.
        if (isToStop) return settled;
        continue;
      }
      const { name, plan, queues } = workerContext;
      const report = await workOnRun(own, id, async () => {
        const origin = {
          trigger: 'command' as const,
          worker: name,
          ...(plan ? { plan: plan.fingerprint } : {}),
        };
        const added = await addRun(queues.runs, job, request, origin, id);
        return added.status === 'queued';
      });
      if (report) return report;
    }
  } finally {
    unlisten();
  }
}
