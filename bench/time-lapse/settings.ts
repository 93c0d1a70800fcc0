import { DateTime } from 'luxon';
import type { Config, JobConfig } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { nextTimes } from '../../src/config/schedule/schedule.ts';
import { type AnyJob, findJob, jobs } from '../../src/jobs/index.ts';

/** Environment variables in which a time-lapse differs from the defaults. */
export type Changes = Readonly<Record<string, string>>;

/** The settings of caretaker in a time-lapse, read as they are read in production. */
export interface Settings {
  readonly config: Config;
  readonly job: AnyJob;
  readonly jobConfig: JobConfig;
  readonly policy: Readonly<Record<string, unknown>>;
}

/** What the simulated Pointsharp counts in: it has to be told, because the vendor does not document it. */
const simulatedUnit = 'days';

/**
 * Reads an environment that leaves everything at its default but the unit, the budget and `changes`. The mode is observe
 * unless `changes` say otherwise: settings that do not fit are then warned about and not refused.
 *
 * @throws ConfigError as `loadConfig` does
 */
export function readSettings(pointsharpUrl: string, startMs: number, changes: Changes): Settings {
  const environment = {
    POINTSHARP_URL: pointsharpUrl,
    POINTSHARP_REQUESTS_IN_FLIGHT: '16',
    POINTSHARP_REQUESTS_PER_SECOND: '0',
    PURGE_WINDOWS_ENABLED: 'false',
    AUDIT_POCKET_ENABLED: 'false',
    REFRESH_TIMED_DEVICES_UNIT: simulatedUnit,
    ...changes,
  };
  const config = loadConfig(environment, jobs, DateTime.fromMillis(startMs, { zone: 'utc' }));
  const job = findJob('refresh-timed-devices');
  const jobConfig = job && config.jobs[job.name];
  if (!job || !jobConfig) throw new Error('The registry has no job refresh-timed-devices.');
  return { config, job, jobConfig, policy: jobConfig.policy };
}

/** Every tick of a schedule after a moment and up to another, epoch milliseconds. */
export function ticksBetween(jobConfig: JobConfig, fromMs: number, untilMs: number): number[] {
  const { schedule, timeZone } = jobConfig;
  const ticks: number[] = [];
  let afterMs = fromMs;
  while (afterMs <= untilMs) {
    const more = nextTimes(schedule, timeZone, DateTime.fromMillis(afterMs, { zone: timeZone }), 50);
    ticks.push(...more.map((time) => time.toMillis()));
    afterMs = more.at(-1)?.toMillis() ?? Number.POSITIVE_INFINITY;
  }
  return ticks.filter((tickMs) => tickMs <= untilMs);
}
