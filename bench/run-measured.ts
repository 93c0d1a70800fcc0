import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** What a command cost, with everything it started. */
export interface Cost {
  readonly seconds: number;
  /** User and system time of the whole process tree. */
  readonly cpuSeconds: number;
  /** The most memory that its processes had resident together. */
  readonly peakMb: number;
  readonly output: string;
}

export interface MeasuredOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** Where standard error goes: the log. */
  readonly log: string;
}

const lookEveryMs = 50;

/**
 * Runs a command to its end. Times are those of bash's `time`: of the process and of all its children it waited for.
 *
 * @throws Error when it ends with another code than 0
 */
export async function runMeasured(
  command: readonly string[],
  { environment, log }: MeasuredOptions,
): Promise<Cost> {
  const script = 'TIMEFORMAT="%R %U %S"; log=$1; shift; time "$@" 2>>"$log" >&3';
  const child = spawn('bash', ['-c', script, 'bash', log, ...command], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    // Where no .env of the checkout is found.
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let times = '';
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    times += text;
  });
  const [, , , answers] = child.stdio;
  if (answers && 'setEncoding' in answers) {
    answers.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await once(child, 'spawn');
  let over = false;
  const ended = once(child, 'close').finally(() => {
    over = true;
  });
  let peakKb = 0;
  while (!over) {
    peakKb = Math.max(peakKb, await residentKb(child.pid ?? 0));
    await Promise.race([ended, delay(lookEveryMs)]);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`${command.join(' ')} ended ${code}: ${times} (its log: ${log})`);
  const [seconds = 0, user = 0, system = 0] = times.trim().split(/\s+/).slice(-3).map(Number);
  return { seconds, cpuSeconds: user + system, peakMb: peakKb / 1024, output };
}

/** The most that each process of a tree has had resident, added up; the shell at its root left out. */
async function residentKb(root: number): Promise<number> {
  const children = await childrenOf(root);
  const sums = await Promise.all(
    children.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) + (await residentKb(pid));
    }),
  );
  return sums.reduce((sum, kb) => sum + kb, 0);
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}
