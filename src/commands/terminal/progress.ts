import { SingleBar } from 'cli-progress';
import type { RunProgress } from '../../queue/views/run-progress.ts';
import type { CommandContext } from '../context.ts';

/** Shows how far a run is. */
export interface Progress {
  show(progress: RunProgress | undefined): void;
  end(): void;
}

/** How far the batches of one phase are, in one form or the other. */
interface Display {
  begin(phase: string): void;
  set(done: number, total: number): void;
  end(): void;
}

/** The phases that work in batches; between and behind them there is nothing to count. */
const batchPhases = ['plan', 'apply'];

/** A bar on a terminal, a line at each tenth elsewhere, nothing when quiet. */
export function showProgress(context: CommandContext, quiet: boolean): Progress {
  if (quiet) return { show() {}, end() {} };
  const display = context.errors.isTTY ? bar(context) : lines(context);
  let phase = '';
  let total = 0;
  return {
    end: display.end,
    show(progress) {
      if (!progress) return;
      if (progress.phase !== phase) {
        // A phase ends when all its batches have: the last of them may not have been seen.
        if (total > 0) display.set(total, total);
        display.end();
        phase = progress.phase;
        total = 0;
        if (batchPhases.includes(phase)) display.begin(phase);
      }
      if (!batchPhases.includes(phase) || progress.total === 0) return;
      total = progress.total;
      display.set(progress.done, total);
    },
  };
}

function bar(context: CommandContext): Display {
  let current: SingleBar | undefined;
  let started = false;
  return {
    begin(phase) {
      started = false;
      current = new SingleBar({
        format: `${phase.padEnd(6)} {bar} {value}/{total} batches`,
        stream: context.errors,
        hideCursor: true,
        barCompleteChar: '█',
        barIncompleteChar: '░',
      });
    },
    set(done, total) {
      if (!started) current?.start(total, done);
      started = true;
      current?.setTotal(total);
      current?.update(done);
    },
    end() {
      if (started) current?.stop();
      started = false;
      current = undefined;
    },
  };
}

function lines(context: CommandContext): Display {
  let phase = '';
  let written = -1;
  return {
    begin(name) {
      phase = name;
      written = -1;
    },
    set(done, total) {
      const tenth = Math.floor((done / total) * 10);
      if (tenth === written) return;
      written = tenth;
      context.errors.write(`${phase}: ${done} of ${total} batches\n`);
    },
    end() {},
  };
}
