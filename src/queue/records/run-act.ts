import type { Mode } from '../../config/config.ts';
import type { WorkerContext } from '../context.ts';
import type { RunRequest } from '../messages/run-request.ts';
import { type Act, createRecorder } from './recorder.ts';

/** A run that somebody asks for. */
export interface DemandedRun {
  readonly job: string;
  readonly request: RunRequest;
}

/** A run on demand, as the history has it. `mode`: that of a request that names none, where it is known. */
export function runAct(what: 'run' | 'trigger' | 'apply', { job, request }: DemandedRun, mode?: Mode): Act {
  const { users, reason, mode: detail = mode } = request;
  const names = users?.map((user) => (typeof user === 'string' ? user : user.username)).join(', ');
  return {
    what,
    on: { job, ...(names === undefined ? {} : { user: names }) },
    ...(detail === undefined ? {} : { detail }),
    why: reason,
  };
}

/** Writes down what became of a run that a message on the queue asked for; `run`: the id, where one was added. */
export async function noteRequest(
  context: WorkerContext,
  demanded: DemandedRun,
  outcome: 'queued' | 'skipped',
  run?: string,
): Promise<void> {
  const by = demanded.request.requestedBy ?? null;
  const act = runAct('run', demanded, context.config.mode);
  const on = run === undefined ? act.on : { ...act.on, run };
  await createRecorder(context, { by, from: { kind: 'queue' } }).note(act, { outcome, on });
}
