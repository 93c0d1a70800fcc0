import { SingleBar } from 'cli-progress';
import type { ItemProgress, RunProgress } from '../../queue/views/run-progress.ts';
import type { CommandContext } from '../context.ts';
import { createPace, type Pace } from './pace.ts';

/** Shows how far a run is. */
export interface Progress {
  show(progress: RunProgress | undefined): void;
  end(): void;
}

/** How far one phase is, in one form or the other. */
interface Display {
  begin(phase: string): void;
  set(progress: RunProgress, items: ItemProgress): void;
  end(): void;
}

/** A bar on a terminal, a line at each tenth elsewhere, nothing when quiet. */
export function showProgress(context: CommandContext, quiet: boolean): Progress {
  if (quiet) return { show() {}, end() {} };
  const display = context.errors.isTTY ? bar(context) : lines(context);
  let phase = '';
  let latest: (RunProgress & { readonly items: ItemProgress }) | undefined;
  return {
    end: display.end,
    show(progress) {
      if (!progress) return;
      if (progress.isStopping) {
        // What came back since was not done, and what is not shown needs no end.
        display.end();
        latest = undefined;
        return;
      }
      if (progress.phase !== phase) {
        // A phase ends when all its batches have: the last of them may not have been seen.
        if (latest) showEnd(display, latest);
        display.end();
        phase = progress.phase;
        latest = undefined;
        if (progress.items) display.begin(phase);
      }
      const { items } = progress;
      // Between and behind the phases that work in batches there is nothing to count.
      if (!items || progress.total === 0) return;
      latest = { ...progress, items };
      display.set(progress, items);
    },
  };
}

function showEnd(display: Display, latest: RunProgress & { readonly items: ItemProgress }): void {
  const { total, items } = latest;
  const done = items.total ?? items.done;
  display.set({ ...latest, done: total }, { ...items, done });
}

/** `400/2000 users`: how many of how many, as far as both are known. */
function itemsText({ what, done, total }: ItemProgress): string {
  return total === undefined ? `${done} ${what}` : `${done}/${total} ${what}`;
}

/** How much of a phase is done: of its batches, as long as nobody knows how many users there are. */
function shareOf({ done, total }: RunProgress, items: ItemProgress) {
  return items.total === undefined ? { part: done, whole: total } : { part: items.done, whole: items.total };
}

function bar(context: CommandContext): Display {
  let current: SingleBar | undefined;
  let pace: Pace;
  let started = false;
  return {
    begin(phase) {
      started = false;
      pace = createPace(context.now);
      current = new SingleBar({
        format: `${phase.padEnd(6)} {bar} {items}  {pace}`,
        // With a million of each and hours to go it fits into 80 columns.
        barsize: 20,
        stream: context.errors,
        hideCursor: true,
        barCompleteChar: '█',
        barIncompleteChar: '░',
      });
    },
    set(progress, items) {
      const { part, whole } = shareOf(progress, items);
      const texts = { items: itemsText(items), pace: pace.text(items) };
      if (!started) current?.start(whole, part, texts);
      started = true;
      current?.setTotal(whole);
      current?.update(part, texts);
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
  let pace: Pace;
  return {
    begin(name) {
      phase = name;
      written = -1;
      pace = createPace(context.now);
    },
    set(progress, items) {
      const rate = pace.text(items);
      const { part, whole } = shareOf(progress, items);
      const tenth = Math.floor((part / whole) * 10);
      if (tenth === written) return;
      written = tenth;
      const { what } = items;
      const all = items.total === undefined ? '' : ` of ${items.total}`;
      context.errors.write(`${phase}: ${items.done}${all} ${what}${rate === '' ? '' : `, ${rate}`}\n`);
    },
    end() {},
  };
}
