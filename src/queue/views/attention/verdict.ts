import { counted, number } from '../../../domain/quantities.ts';
import { outcomeOf, type Report } from '../../../runs/report.ts';
import type { Attention } from './attention.ts';

/** How the last 24 hours were, in one sentence. */
export interface Verdict {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly text: string;
}

/** Judges the last 24 hours by the runs that ended in them, and by what needs a person now. */
export function judge(lastDay: readonly Report[], attention: readonly Attention[]): Verdict {
  const urgent = attention.some(({ urgency }) => urgency === 'now');
  const tone = urgent ? 'bad' : attention.length > 0 ? 'warn' : 'good';
  const need =
    attention.length === 0
      ? 'nothing needs a person'
      : `${counted(attention.length, 'thing')} ${attention.length === 1 ? 'needs' : 'need'} a person`;
  return { tone, text: `${openings[tone]}: in the last 24 hours ${runsText(lastDay)}, and ${need}.` };
}

const openings = { good: 'All is well', warn: 'Have a look', bad: 'Act now' };

/** In this order; how each is told of so many runs. */
const told = {
  completed: (count: number) => `${counted(count, 'run')} completed`,
  'completed with failures': (count: number) => `${counted(count, 'run')} completed with failures`,
  failed: (count: number) => `${number(count)} failed`,
  stopped: (count: number) => `${number(count)} ${count === 1 ? 'was' : 'were'} stopped`,
  skipped: (count: number) => `${number(count)} ${count === 1 ? 'was' : 'were'} skipped`,
};

function runsText(lastDay: readonly Report[]): string {
  const parts = Object.entries(told).flatMap(([outcome, text]) => {
    const count = lastDay.filter((report) => outcomeOf(report) === outcome).length;
    return count === 0 ? [] : [text(count)];
  });
  if (parts.length === 0) return 'no run ended';
  const applied = lastDay.reduce((sum, { actions }) => sum + actions.applied, 0);
  const observed = lastDay.reduce(
    (sum, { run, actions }) => sum + (run.mode === 'observe' ? actions.planned : 0),
    0,
  );
  const work = [
    ...(applied > 0 ? [`${counted(applied, 'action')} applied`] : []),
    ...(observed > 0 ? [`${counted(observed, 'action')} only observed`] : []),
  ];
  return `${parts.join(', ')}${work.length > 0 ? ` (${work.join(', ')})` : ''}`;
}
