import type { Mode } from '../config/config.ts';
import { runFormat } from './messages/run-state.ts';
import type { Queues } from './queues.ts';

/*
 * Who is there: Redis lists the connections of the workers by name, and a name is all that it keeps of them. Ours tells
 * the process, the command that it works for, if it does, the format of its runs, and its mode.
 */

/** Stands in the name of a process that works for one command only. */
const commandMark = '.run-';

/** The name of a process that works for the run of one job. */
export function commandName(name: string, job: string): string {
  return `${name}${commandMark}${job}`;
}

/** The name of the workers of a process, as Redis lists them. */
export function workerName(name: string, mode: Mode): string {
  return `${name}.f${runFormat}.${mode}`;
}

/** A process with workers on the queue of runs. */
export interface AliveWorker {
  /** The name of the process, unlike any other's. */
  readonly name: string;
  /** What it may write; a command may lift it for its own run. */
  readonly mode: Mode;
  /** Of the runs that it carries on; 0 for the first versions, which did not say. */
  readonly format: string;
  /** The job of the command that it works for; left out, it works on everything. */
  readonly command?: string;
}

/**
 * The processes that work on the queue of runs of this prefix and database, this one included.
 *
 * @throws Error of Redis where it does not list its clients
 */
export async function aliveWorkers({ redis, runs }: Queues): Promise<AliveWorker[]> {
  const database = 'options' in redis && 'db' in redis.options ? (redis.options.db ?? 0) : 0;
  const clients = await runs.getWorkers();
  return clients
    .filter(({ db }) => Number(db ?? database) === database)
    .flatMap(({ rawname = '' }) => readName(rawname));
}

function readName(rawname: string): AliveWorker[] {
  const [, whole, format = '0', mode] = /:w:(.+?)(?:\.f(\d+))?\.(observe|enforce)$/.exec(rawname) ?? [];
  if (whole === undefined) return [];
  const at = whole.indexOf(commandMark);
  const command = at < 0 ? {} : { command: whole.slice(at + commandMark.length) };
  return [{ name: whole, mode: mode === 'enforce' ? 'enforce' : 'observe', format, ...command }];
}
