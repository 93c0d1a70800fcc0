import { DateTime } from 'luxon';
import type { User } from '../../src/domain/user.ts';
import type { AnyJob } from '../../src/jobs/index.ts';
import type { Action } from '../../src/jobs/job.ts';
import {
  type BatchLog,
  type BatchProgress,
  type BatchTools,
  type KeptProgress,
  keepProgress,
} from '../../src/runs/batch.ts';
import type { WriteRecord } from '../../src/runs/checkpoint.ts';
import { createRefusals } from '../../src/runs/refusals.ts';

export const now = DateTime.fromISO('2026-11-22T02:15:00.000Z', { setZone: true });

/** A job that plans nothing; what a test is about is given. */
export function fakeJob(changes: Partial<AnyJob>): AnyJob {
  return {
    name: 'water-plants',
    vendor: 'pointsharp',
    policy: {},
    defaults: { schedule: '0 0 * * *', maxActions: 10, maxShare: 1 },
    urgency: 1,
    plansFrom: 'vendor',
    inspect: async () => ({ actions: [] }),
    explain: async () => [],
    ...changes,
  };
}

export function users(count: number): User[] {
  return Array.from({ length: count }, (_, index) => ({ username: `user ${index}` }));
}

export function actionOf(user: User, subject = 'plant', more: Partial<Action> = {}): Action {
  return { user, subject, ...more };
}

/** A client for jobs that ask nobody. */
export const noClient = {
  listDevices: async () => [],
  listRegistrations: async () => [],
} as unknown as BatchTools<never>['client'];

/** Tools whose batchLog writes into `lines`. */
export function fakeTools(lines: string[] = [], changes: Partial<BatchTools<never>> = {}) {
  const batchLog: BatchLog = {
    applied: ({ user, subject }) => lines.push(`applied ${user.username} ${subject}`),
    skipped: ({ user, subject }, reason) => lines.push(`skipped ${user.username} ${subject} ${reason}`),
    failed: (user, subject, reason) => lines.push(`failed ${user} ${subject} ${reason}`),
    found: ({ rule, subject }) => lines.push(`found ${rule} ${subject}`),
    kept: (user, kept) => lines.push(`kept ${user} ${JSON.stringify(kept)}`),
  };
  const comparison = { refusals: createRefusals(), isWholeRun: true };
  return { client: noClient, policy: {}, now: () => now, width: 1, batchLog, comparison, ...changes };
}

/** Lets others of the same microtask queue go first, so many times. */
export async function pass(ticks: number): Promise<void> {
  for (let tick = 0; tick < ticks; tick += 1) await undefined;
}

/** Writes records into `records` as BullMQ does: it makes a text of them only some ticks after it was handed them. */
export function recordLate(progress: BatchProgress, ticks: number, records: KeptProgress[]): WriteRecord {
  return async (begun) => {
    const kept = keepProgress(progress, begun);
    await pass(ticks);
    records.push(JSON.parse(JSON.stringify(kept)));
  };
}
