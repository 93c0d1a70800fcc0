import { z } from 'zod';
import { timeoutUnits } from '../../policies/timed-devices/timeout-unit.ts';
import type { Report } from '../../runs/report.ts';
import { KeptJoin } from './join.ts';
import { Counts, KeptFailure } from './tally.ts';
import { Mode, RunStatus, Trigger } from './vocabulary.ts';

const Count = z.int().min(0);

/** The report of a run, as it is kept in Redis: the return value of its BullMQ job. */
const KeptReport: z.ZodType<Report> = z.object({
  run: z.object({
    id: z.string(),
    job: z.string(),
    mode: Mode,
    trigger: Trigger,
    requestedBy: z.string().nullable(),
    startedAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
    status: z.union([RunStatus, z.literal('running')]),
    reason: z.string().nullable(),
  }),
  // Reports of before these were told have none.
  reason: z.string().nullable().default(null),
  hold: z
    .object({
      reason: z.string(),
      until: z.string(),
      decision: z
        .object({
          what: z.enum(['approve', 'reject']),
          by: z.string().nullable(),
          at: z.string(),
          note: z.string().nullable(),
        })
        .nullable(),
    })
    .nullable()
    .default(null),
  users: z.object({
    selected: Count,
    inspected: Count,
    failed: Count,
    notReached: Count,
    // Runs of earlier versions asked everybody.
    notAsked: Count.default(0),
  }),
  actions: z.object({ planned: Count, applied: Count, skipped: Count, failed: Count, notReached: Count }),
  // Reports of earlier versions do not say it.
  unreadable: Count.default(0),
  kept: Counts,
  findings: Counts,
  requests: Counts,
  late: Count,
  atRisk: Count,
  ineffective: Count,
  attempts: Count,
  repeated: Count,
  failures: z.array(KeptFailure),
  roster: z.object({ rows: Count, rejected: Count }),
  // Reports of earlier versions joined nothing.
  join: KeptJoin.nullable().default(null),
  // Reports of earlier versions do not say it.
  unit: z
    .enum([...timeoutUnits, 'assumed'])
    .nullable()
    .default(null),
});

/** The report that a BullMQ job returned; undefined when it is none that can be read. */
export function readReport(returned: unknown): Report | undefined {
  return KeptReport.safeParse(returned).data;
}
