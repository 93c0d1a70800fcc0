import { counted } from '../../../domain/quantities.ts';
import { hasFailures, type Report } from '../../../runs/report.ts';
import type { JobState } from '../job-states.ts';
import { type Attention, look, now, withoutStop } from './attention.ts';

/** A run that waits for a decision. */
export function heldRun({ job, open }: JobState): Attention[] {
  if (open?.run.status !== 'held' || open.hold?.decision) return [];
  const text = `A run of ${job} is held: ${withoutStop(open.hold?.reason ?? open.run.reason)}. Without a decision it stops, and nothing is written.`;
  const until = open.hold?.until;
  return [{ ...now('held run', text), run: open.run.id, ...(until === undefined ? {} : { until }) }];
}

/** How the last run of a job ended, where it did not end well. */
export function lastRun({ job, last }: JobState): Attention[] {
  if (!last) return [];
  const { status, reason, id } = last.run;
  if (status === 'failed' || status === 'stopped') {
    return [
      {
        ...now(`${status} run`, `The last run of ${job} ${word[status]}: ${withoutStop(reason)}.`),
        run: id,
      },
    ];
  }
  if (!hasFailures(last)) return [];
  return [
    { ...look('failures', `The last run of ${job} completed with failures: ${failuresOf(last)}.`), run: id },
  ];
}

const word = { failed: 'failed', stopped: 'was stopped' };

function failuresOf({ users, actions, unreadable, roster }: Report): string {
  const parts: readonly (readonly [number, string])[] = [
    [users.failed, `${counted(users.failed, 'user')} failed`],
    [users.notReached, `${counted(users.notReached, 'user')} not reached`],
    [actions.failed, `${counted(actions.failed, 'action')} failed`],
    [unreadable, `${counted(unreadable, 'user')} unreadable in part`],
    [roster.rejected, `${counted(roster.rejected, 'row')} of the roster rejected`],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([, text]) => text)
    .join(', ');
}
