import { auditPocket } from './audit-pocket.ts';
import type { MaintenanceJob } from './job.ts';
import { purgeWindows } from './purge-windows.ts';
import { refreshTimedDevices } from './refresh-timed-devices.ts';

/** Every maintenance job there is. A new one gets its line here. */
export const jobs = [purgeWindows, refreshTimedDevices, auditPocket] as const;

/** A job whose vendor, policy and actions its holder does not care about. */
export type AnyJob = MaintenanceJob;

const anyJobs: readonly AnyJob[] = jobs;

export const jobNames: readonly string[] = jobs.map(({ name }) => name);

/** The job of that name, if there is one. */
export function findJob(name: string): AnyJob | undefined {
  return anyJobs.find((job) => job.name === name);
}
