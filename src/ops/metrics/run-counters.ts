import { Counter, type Registry } from 'prom-client';
import { findJob, jobNames } from '../../jobs/index.ts';
import type { Observer } from '../../queue/observer.ts';
import type { Report } from '../../runs/report.ts';

const statuses = ['completed', 'stopped', 'skipped', 'failed'];
const triggers = ['schedule', 'queue', 'command', 'console'];
const modes = ['observe', 'enforce'];
const userResults = ['inspected', 'failed', 'not-reached', 'not-asked'];
const outcomes = ['applied', 'skipped', 'failed', 'not-reached'];

/** Counts the numbers of the reports, once for each run that ended in this process. */
export function addRunCounters(registry: Registry): Pick<Observer, 'runEnded'> {
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `caretaker_${name}_total`, help, labelNames, registers: [registry] });
  const runs = counter(
    'runs',
    'Runs that ended, and run requests that were skipped.',
    'job',
    'status',
    'trigger',
    'mode',
  );
  const users = counter('users', 'Users of runs that ended, by result.', 'job', 'result');
  const actions = counter('actions', 'Planned actions of runs that ended, by outcome.', 'job', 'outcome');
  const planned = counter('planned_actions', 'Actions that runs planned.', 'job');
  const kept = counter('kept', 'Items that runs kept unchanged, by reason.', 'job', 'reason');
  const findings = counter('findings', 'Findings of runs, by rule.', 'job', 'rule', 'severity');
  const late = counter('late', 'Actions whose users the vendor had already warned.', 'job');
  const ineffective = counter(
    'ineffective',
    'Actions planned again although the last run applied them.',
    'job',
  );
  const repeated = counter(
    'repeated',
    'Writes that were retried although an earlier attempt may have succeeded.',
    'job',
  );
  const unreadable = counter(
    'users_unreadable',
    'Users of runs that ended of whom a part could not be read.',
    'job',
  );
  const rejected = counter('roster_rejected', 'Rows of the roster that were rejected.', 'job');

  // A counter that first appears with its first event hides that event from rate() and increase().
  for (const job of jobNames) {
    for (const status of statuses)
      for (const trigger of triggers) for (const mode of modes) runs.inc({ job, status, trigger, mode }, 0);
    for (const result of userResults) users.inc({ job, result }, 0);
    for (const outcome of outcomes) actions.inc({ job, outcome }, 0);
    for (const one of [planned, late, ineffective, repeated, unreadable, rejected]) one.inc({ job }, 0);
    for (const [rule, { severity }] of Object.entries(findJob(job)?.rules ?? {}))
      findings.inc({ job, rule, severity }, 0);
  }

  return {
    runEnded(report: Report) {
      const { job, status, trigger, mode } = report.run;
      runs.inc({ job, status, trigger, mode });
      users.inc({ job, result: 'inspected' }, report.users.inspected);
      users.inc({ job, result: 'failed' }, report.users.failed);
      users.inc({ job, result: 'not-reached' }, report.users.notReached);
      users.inc({ job, result: 'not-asked' }, report.users.notAsked);
      actions.inc({ job, outcome: 'applied' }, report.actions.applied);
      actions.inc({ job, outcome: 'skipped' }, report.actions.skipped);
      actions.inc({ job, outcome: 'failed' }, report.actions.failed);
      actions.inc({ job, outcome: 'not-reached' }, report.actions.notReached);
      planned.inc({ job }, report.actions.planned);
      for (const [reason, count] of Object.entries(report.kept)) kept.inc({ job, reason }, count);
      for (const [rule, count] of Object.entries(report.findings))
        findings.inc({ job, rule, severity: severityOf(job, rule) }, count);
      late.inc({ job }, report.late);
      ineffective.inc({ job }, report.ineffective);
      repeated.inc({ job }, report.repeated);
      unreadable.inc({ job }, report.unreadable);
      rejected.inc({ job }, report.roster.rejected);
    },
  };
}

/** How severe a finding of this rule is; `unknown` in reports of another version only. */
export function severityOf(job: string, rule: string): string {
  return findJob(job)?.rules?.[rule]?.severity ?? 'unknown';
}
