import { createRecorder, type RecorderParts } from '../../queue/records/recorder.ts';
import { type DemandedRun, runAct } from '../../queue/records/run-act.ts';
import type { Report } from '../../runs/report.ts';
import type { CommandContext } from '../context.ts';
import { personAt } from '../setup/recorder.ts';

/** Writes down that somebody runs a job, or applies a plan, and how that ended. */
export function recordRun(
  context: CommandContext,
  parts: Omit<RecorderParts, 'now'> & { readonly mode: 'observe' | 'enforce' },
  demanded: DemandedRun & { readonly plan?: unknown },
  work: () => Promise<Report>,
): Promise<Report> {
  const person = personAt(context, demanded.request.requestedBy);
  const recorder = createRecorder({ ...parts, now: context.now }, person);
  const act = runAct(demanded.plan ? 'apply' : 'run', demanded, parts.mode);
  return recorder.record(act, work, ({ run }) => ({
    outcome: run.status,
    on: { ...act.on, run: run.id },
  }));
}
