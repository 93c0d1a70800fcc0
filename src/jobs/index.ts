import { auditPocket } from './audit-pocket.ts';
import type { MaintenanceJob } from './job.ts';
import { purgeWindows } from './purge-windows.ts';
import { refreshTimedDevices } from './refresh-timed-devices.ts';

export { jobNames } from './names.ts';

/** A job whose vendor, policy and actions are known to itself alone. */
export type AnyJob = MaintenanceJob;

/** Every maintenance job there is. A new one gets its line here. */
export const jobs: readonly AnyJob[] = [purgeWindows, refreshTimedDevices, auditPocket];

/** The job whose findings are kept for people to look at. */
export const auditName = auditPocket.name;

/** The job of that name, if there is one. */
export function findJob(name: string): AnyJob | undefined {
  return jobs.find((job) => job.name === name);
}
