import { Gauge, type Registry } from 'prom-client';
import { jobNames } from '../../jobs/index.ts';
import { severities } from '../../policies/finding.ts';
import type { LastRun } from '../../queue/records/last-run.ts';
import type { Snapshot } from '../../queue/views/snapshot.ts';
import { severityOf } from './run-counters.ts';

/** A snapshot of Redis, with what only the configuration knows. */
export interface GaugeSnapshot extends Snapshot {
  readonly nowMs: number;
  /** By job, the longest gap of its schedule. */
  readonly intervalsMs: Readonly<Record<string, number>>;
  /** By job, how far the queued tick lies beyond the next time of the schedule. */
  readonly beyondMs: Readonly<Record<string, number>>;
}

/** Shows a snapshot in the gauges; undefined empties them. */
export type Show = (snapshot: GaugeSnapshot | undefined) => void;

const lastStatuses = ['completed', 'stopped', 'failed'];

/** Adds the gauges of what is in Redis: they show the same in every process. */
export function addGauges(registry: Registry): Show {
  const all: Gauge[] = [];
  function gauge<Label extends string>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> {
    const made = new Gauge({ name: `caretaker_${name}`, help, labelNames, registers: [registry] });
    all.push(made as Gauge);
    return made;
  }
  const success = gauge(
    'run_last_success_timestamp_seconds',
    'When a run of the job last completed.',
    'job',
    'mode',
  );
  const duration = gauge('run_last_duration_seconds', 'How long the last run of the job took.', 'job');
  const status = gauge('run_last_status', '1 for how the last run of the job ended.', 'job', 'status');
  const findings = gauge('run_last_findings', 'Findings of the last run of the job.', 'job', 'severity');
  const newFindings = gauge(
    'run_last_new_findings',
    'Findings of the last run that the run before it did not have, where that is known.',
    'job',
    'severity',
  );
  const atRisk = gauge(
    'run_last_at_risk',
    'Actions of the last run that were forecast to come too late.',
    'job',
  );
  const ineffective = gauge(
    'run_last_ineffective',
    'Actions of the last run that the run before it had already applied.',
    'job',
  );
  const lastUsers = gauge('run_last_users', 'Users of the roster of the last run of the job.', 'job');
  const lastRequests = gauge(
    'run_last_requests',
    'Requests to the vendor in the last run of the job.',
    'job',
  );
  const held = gauge('held_runs', 'Runs that wait for approval or rejection.', 'job');
  const paused = gauge('paused', '1 while the job or the vendor is paused.', 'what');
  const vendorHeld = gauge(
    'vendor_held',
    '1 while the queue of the vendor is held because its requests fail.',
    'vendor',
  );
  const next = gauge(
    'schedule_next_timestamp_seconds',
    'When the queued tick of the job fires; left out when none is queued.',
    'job',
  );
  const beyond = gauge(
    'schedule_beyond_seconds',
    'How far the queued tick lies beyond the next time of the schedule; 0 when it does not.',
    'job',
  );
  const interval = gauge('schedule_interval_seconds', 'The longest gap of the schedule of the job.', 'job');
  const lag = gauge(
    'schedule_lag_seconds',
    'How late the next tick of the schedule is; 0 when on time.',
    'job',
  );
  const queueJobs = gauge('queue_jobs', 'BullMQ jobs on the queue.', 'queue', 'state');
  const oldest = gauge(
    'queue_oldest_age_seconds',
    'Age of the first waiting BullMQ job of the queue.',
    'queue',
  );
  const memory = gauge(
    'redis_memory_bytes',
    'Memory that Redis uses; of a cluster, that of the fullest master.',
  );
  const maxMemory = gauge('redis_max_memory_bytes', 'Memory that Redis may use; 0 is no limit.');
  const evicts = gauge('redis_may_evict', '1 while the maxmemory-policy of Redis lets it evict keys.');
  const ofRedis = [memory, maxMemory, evicts];

  function showLast(job: string, last: LastRun): void {
    for (const [mode, at] of Object.entries(last.succeededAt))
      success.set({ job, mode }, Date.parse(at) / 1000);
    for (const one of lastStatuses) status.set({ job, status: one }, last.status === one ? 1 : 0);
    if (last.startedAt && last.finishedAt)
      duration.set({ job }, (Date.parse(last.finishedAt) - Date.parse(last.startedAt)) / 1000);
    const bySeverity = Object.fromEntries(severities.map((severity) => [severity, 0]));
    for (const [rule, count] of Object.entries(last.findings)) {
      const severity = severityOf(job, rule);
      bySeverity[severity] = (bySeverity[severity] ?? 0) + count;
    }
    for (const [severity, count] of Object.entries(bySeverity)) findings.set({ job, severity }, count);
    for (const [severity, count] of Object.entries(last.newFindings))
      newFindings.set({ job, severity }, count);
    atRisk.set({ job }, last.atRisk);
    ineffective.set({ job }, last.ineffective);
    if (last.users !== undefined) lastUsers.set({ job }, last.users);
    if (last.requests !== undefined) lastRequests.set({ job }, last.requests);
  }

  return (snapshot) => {
    for (const one of all) one.reset();
    if (!snapshot) {
      // Without labels, a gauge that was reset says 0, which would be believed.
      for (const one of ofRedis) one.remove();
      return;
    }
    const { nowMs } = snapshot;
    for (const job of jobNames) {
      const last = snapshot.lastRuns[job];
      if (last) showLast(job, last);
      held.set({ job }, snapshot.held[job] ? 1 : 0);
    }
    for (const [what, is] of Object.entries(snapshot.paused)) paused.set({ what }, is ? 1 : 0);
    for (const [vendor, is] of Object.entries(snapshot.vendorsHeld)) vendorHeld.set({ vendor }, is ? 1 : 0);
    for (const [job, at] of Object.entries(snapshot.nextTicks)) {
      next.set({ job }, at / 1000);
      lag.set({ job }, Math.max(0, nowMs - at) / 1000);
    }
    for (const [job, ms] of Object.entries(snapshot.beyondMs)) beyond.set({ job }, ms / 1000);
    for (const [job, ms] of Object.entries(snapshot.intervalsMs)) interval.set({ job }, ms / 1000);
    for (const [queue, { jobs, oldestAgeMs }] of Object.entries(snapshot.depths)) {
      for (const [state, count] of Object.entries(jobs)) queueJobs.set({ queue, state }, count);
      oldest.set({ queue }, oldestAgeMs / 1000);
    }
    for (const one of ofRedis) one.remove();
    if (!snapshot.memory) return;
    const { usedBytes, maxBytes, mayEvict } = snapshot.memory;
    memory.set(usedBytes);
    maxMemory.set(maxBytes);
    if (mayEvict !== undefined) evicts.set(mayEvict ? 1 : 0);
  };
}
