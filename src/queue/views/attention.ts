import type { JobConfig } from '../../config/config.ts';
import { counted, length, number } from '../../domain/quantities.ts';
import { hasFailures, type Report } from '../../runs/report.ts';
import { describePause } from '../records/pauses.ts';
import type { JobState } from './job-states.ts';
import type { Overview } from './overview.ts';

/** Something that a person has to look at. */
export interface Attention {
  /** `now`: somebody has to act; `look`: somebody has to know. */
  readonly urgency: 'now' | 'look';
  /** What it is about, in a word or two. */
  readonly title: string;
  /** What is the case and what to do: whole sentences. */
  readonly text: string;
  /** Where to see it: a run, or what an audit found. */
  readonly run?: string;
  /** The late ones among its actions can be read. */
  readonly hasLatePlan?: boolean;
  readonly findings?: 'high';
  /** Until when, ISO 8601. */
  readonly until?: string;
}

interface Wanted {
  readonly jobs: Readonly<Record<string, Pick<JobConfig, 'shrinkFactor'>>>;
  readonly timeZone: string;
}

/** A worker that is up takes a tick sooner than this. */
const lateAfterMs = 60_000;

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

/** Whether it can be read whom a run came too late for: while it is held, and once it has ended. */
export function namesLate({ status }: Report['run']): boolean {
  return status !== 'running' && status !== 'skipped';
}

/** Whether no worker has taken the tick of a job that is due. */
export function isLate({ enabled, lagMs }: Pick<JobState, 'enabled' | 'lagMs'>): boolean {
  return enabled && lagMs > lateAfterMs;
}

function noWorker({ workers }: Overview): Attention[] {
  if (!workers || workers.some(({ command }) => command === undefined)) return [];
  return [
    now('no worker', 'No worker is connected, so nothing runs by itself. Start one: caretaker worker.'),
  ];
}

function heldRun({ job, open }: JobState): Attention[] {
  if (open?.run.status !== 'held' || open.hold?.decision) return [];
  const text = `A run of ${job} is held: ${withoutStop(open.hold?.reason ?? open.run.reason)}. Without a decision it stops, and nothing is written.`;
  const until = open.hold?.until;
  return [{ ...now('held run', text), run: open.run.id, ...(until === undefined ? {} : { until }) }];
}

/** How the last run of a job ended, where it did not end well. */
function lastRun({ job, last }: JobState): Attention[] {
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

/** Runs that should have been there and were not. */
function missing(state: JobState): Attention[] {
  const { job, lagMs, skipped, pause } = state;
  const late = isLate(state)
    ? [
        now(
          'late',
          `No worker has taken the tick of ${job}: it is ${length(lagMs)} late. Look at the workers.`,
        ),
      ]
    : [];
  // What a pause skips is told by the pause, and an overlap is a run under way.
  if (!skipped || pause || isOverlap(state, skipped)) return late;
  const text = `The last run of ${job} was skipped: ${withoutStop(skipped.run.reason)}.`;
  return [...late, { ...look('skipped run', text), run: skipped.run.id }];
}

/** A reason within a sentence of its own end. */
function withoutStop(reason: string | null | undefined): string {
  return reason?.replace(/\.$/, '') ?? 'nobody knows why';
}

/** Whether a run of the job was under way when another one was skipped. */
function isOverlap({ open, last }: JobState, { run: skipped }: Report): boolean {
  const at = Date.parse(skipped.finishedAt ?? skipped.startedAt ?? '');
  return [open, last].some((report) => {
    if (!report?.run.startedAt || Date.parse(report.run.startedAt) > at) return false;
    return report.run.finishedAt === null || Date.parse(report.run.finishedAt) >= at;
  });
}

/** People and devices for whom the last run of a job came late, or without effect. */
function people({ jobs }: Overview): Attention[] {
  return jobs.flatMap(({ open, last }) => {
    const report = open ?? last;
    if (!report) return [];
    const { late, atRisk, ineffective, run } = report;
    const whoIsLate = `The vendor had warned the ${late === 1 ? 'user' : 'users'} of ${counted(late, 'device')} before ${run.job} came.`;
    const risk = `${counted(atRisk, 'device')} will be reached only after the deadline: run ${run.job} more often, or raise the budget.`;
    const nothing = `${counted(ineffective, 'action')} of ${run.job} ${ineffective === 1 ? 'is' : 'are'} planned as if the run before had changed nothing: ask the vendor.`;
    return [
      ...(late > 0 ? [{ ...look('late people', whoIsLate), hasLatePlan: namesLate(run) }] : []),
      ...(atRisk > 0 ? [look('at risk', risk)] : []),
      ...(ineffective > 0 ? [look('without effect', nothing)] : []),
    ].map((one) => ({ ...one, run: run.id }));
  });
}

function roster({ roster: { ageMs, mostAgeMs, lastRead } }: Overview, { jobs }: Wanted): Attention[] {
  const old =
    ageMs !== undefined && mostAgeMs !== undefined && ageMs > mostAgeMs
      ? [
          now(
            'old roster',
            `The roster was written ${length(ageMs)} ago, longer than CARETAKER_ROSTER_MAX_AGE allows. Look at what writes it.`,
          ),
        ]
      : [];
  if (lastRead?.before === undefined) return old;
  const { users, before, job, run } = lastRead;
  if (users >= before * (jobs[job]?.shrinkFactor ?? 0)) return old;
  const text = `The roster shrank from ${number(before)} to ${counted(users, 'user')}. Look at what writes it.`;
  return [...old, { ...now('shrunk roster', text), run }];
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

function now(title: string, text: string): Attention {
  return { urgency: 'now', title, text };
}

function look(title: string, text: string): Attention {
  return { urgency: 'look', title, text };
}
