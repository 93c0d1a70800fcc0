import { SingleBar } from 'cli-progress';
import type { RunProgress } from '../queue/run-progress.ts';
import type { Door } from './door.ts';

/** Shows how far a run is. */
export interface Progress {
  show(progress: RunProgress | undefined): void;
  end(): void;
}

/** A bar on a terminal, a line at each tenth elsewhere, nothing when quiet. */
export function showProgress(door: Door, quiet: boolean): Progress {
  if (quiet) return { show() {}, end() {} };
  return door.errors.isTTY ? bar(door) : lines(door);
}

function bar(door: Door): Progress {
  let current: SingleBar | undefined;
  let phase = '';
  function end(): void {
    current?.stop();
    current = undefined;
  }
  return {
    end,
    show(progress) {
      if (!progress || progress.total === 0) return;
      if (progress.phase !== phase) {
        end();
        phase = progress.phase;
        current = new SingleBar({
          format: `${phase.padEnd(6)} {bar} {value}/{total} batches`,
          stream: door.errors as NodeJS.WritableStream,
          hideCursor: true,
          barCompleteChar: '█',
          barIncompleteChar: '░',
        });
        current.start(progress.total, progress.done);
      }
      current?.setTotal(progress.total);
      current?.update(progress.done);
    },
  };
}

function lines(door: Door): Progress {
  let told = '';
  return {
    end() {},
    show(progress) {
      if (!progress || progress.total === 0) return;
      const tenth = Math.floor((progress.done / progress.total) * 10);
      const mark = `${progress.phase} ${tenth}`;
      if (mark === told) return;
      told = mark;
      door.errors.write(`${progress.phase}: ${progress.done} of ${progress.total} batches\n`);
    },
  };
}
