import { counted } from '../../../domain/quantities.ts';
import { describePause } from '../../records/pauses.ts';
import type { Overview } from '../overview.ts';
import { type Attention, look, now } from './attention.ts';
import { missing } from './missed-runs.ts';
import { people } from './people.ts';
import { type RosterLimits, roster } from './roster.ts';
import { heldRun, lastRun } from './runs.ts';

interface Wanted extends RosterLimits {
  readonly timeZone: string;
}

/** Everything that needs a person, the most urgent first. */
export function needsPerson(seen: Overview, wanted: Wanted): readonly Attention[] {
  const found = [
    ...noWorker(seen),
    ...seen.jobs.flatMap(heldRun),
    ...seen.jobs.flatMap(lastRun),
    ...seen.jobs.flatMap(missing),
    ...people(seen),
    ...roster(seen, wanted),
    ...findings(seen),
    ...pauses(seen, wanted.timeZone),
    ...vendors(seen),
  ];
  return [
    ...found.filter(({ urgency }) => urgency === 'now'),
    ...found.filter(({ urgency }) => urgency === 'look'),
  ];
}

function noWorker({ workers }: Overview): Attention[] {
  if (!workers || workers.some(({ command }) => command === undefined)) return [];
  return [
    now('no worker', 'No worker is connected, so nothing runs by itself. Start one: caretaker worker.'),
  ];
}

function findings({ newFindings: { high = 0 } }: Overview): Attention[] {
  if (high === 0) return [];
  const text = `The last audit has ${counted(high, 'new finding')} of high severity.`;
  return [{ ...look('new findings', text), findings: 'high' }];
}

function pauses({ jobs, vendors: known }: Overview, timeZone: string): Attention[] {
  return [...jobs, ...known].flatMap(({ pause }) => {
    if (!pause) return [];
    const { problem, advice } = describePause(pause, timeZone);
    return [look('paused', `${problem} ${advice}`)];
  });
}

function vendors({ vendors: known }: Overview): Attention[] {
  return known.flatMap(({ vendor, heldForMs, troubleSince }) =>
    heldForMs > 0 || troubleSince !== undefined
      ? [
          now(
            'vendor in trouble',
            `Requests to ${vendor} fail. Its queue is held and tries again by itself; look at its server.`,
          ),
        ]
      : [],
  );
}
