import type { Job } from 'bullmq';
import { z } from 'zod';
import { type Finding, type Severity, severities } from '../../policies/finding.ts';
import { parseText } from '../messages/parse.ts';
import { namesUsers } from '../messages/run-request.ts';
import type { Queues } from '../queues.ts';
import { findingsKeys, fingerprintIn, lastRunKey, orderOf, ruleIn } from './findings-keys.ts';
import { keptFinding } from './kept-finding.ts';

/*
 * The findings of the last audit of the whole roster, for people to look at: they are logged as they are found, but a log
 * is not at hand everywhere. They are gathered under the run, and become those of the last run when it ends. A batch that is
 * repeated finds the same again, which the fingerprint tells. Names of users are not kept: findings name associates.
 */

/** A run under way may take days, but not for ever. */
const gatheredForMs = 7 * 24 * 3600 * 1000;
/** How many findings are counted at a time. */
const pageSize = 1000;

const Count = z.int().min(0).exactOptional();
export const KeptNewFindings = z.object({ high: Count, medium: Count, low: Count });

/** How many findings of a severity the run before did not have; left out where that cannot be told. */
export type NewFindings = Readonly<z.infer<typeof KeptNewFindings>>;

/** The run that findings belong to. */
export type FindingsRun = Pick<Job, 'id' | 'name' | 'data'>;

/**
 * Remembers what a part of a run found. A look at a few users says nothing of the others, so it is not kept.
 *
 * @param most how many are kept of each severity
 */
export async function rememberFindings(
  { redis, prefix }: Queues,
  run: FindingsRun,
  findings: readonly Finding[],
  most: number,
): Promise<void> {
  if (namesUsers(run.data)) return;
  const bySeverity = [...Map.groupBy(findings, (one) => one.severity)];
  const keysOf = (severity: Severity) => findingsKeys(prefix, run.name, run.id ?? '', severity);
  const lengths = await Promise.all(bySeverity.map(([severity]) => redis.hlen(keysOf(severity).found)));
  const kept = bySeverity.flatMap(([severity, some], index) => {
    const room = Math.max(0, most - (lengths[index] ?? 0));
    return room === 0 ? [] : [{ ...keysOf(severity), some: some.slice(0, room) }];
  });
  if (kept.length === 0) return;
  const change = redis.multi();
  for (const { found, order, some } of kept) {
    change.hset(found, Object.fromEntries(some.map((one) => [one.fingerprint, keptFinding(one)])));
    change.zadd(order, ...some.flatMap((one) => [0, orderOf(one)]));
    for (const key of [found, order]) change.pexpire(key, gatheredForMs);
  }
  await change.exec();
}

/** What ends with a run, beside the findings that are kept. */
interface Closing {
  /** All that it found, by rule. */
  readonly counts: Readonly<Record<string, number>>;
  /** How many are kept of each severity. */
  readonly most: number;
  readonly keepForMs: number;
}

/** What became of the findings of a run. */
interface Closed {
  readonly isNew: NewFindings;
  /** How many were found and are not kept; 0 also when that was told before. */
  readonly over: number;
}

/**
 * Makes what this run found that of the last run, and tells what is new in it; forgotten when the run is no longer kept.
 * It is done at once or not at all, and a second time changes nothing: whoever ends a run may die and be followed.
 */
export async function closeFindings(
  queues: Queues,
  run: FindingsRun,
  { counts, most, keepForMs }: Closing,
): Promise<Closed> {
  const { redis, prefix } = queues;
  if (namesUsers(run.data)) return { isNew: {}, over: 0 };
  const key = lastRunKey(prefix, run.name);
  const last = await redis.hgetall(key);
  if (last.run === run.id) return { isNew: parseText(KeptNewFindings, last.new ?? '{}') ?? {}, over: 0 };
  const isNew: Partial<Record<Severity, number>> = {};
  const kept: Partial<Record<Severity, Record<string, number>>> = {};
  const full: Severity[] = [];
  const change = redis.multi();
  for (const severity of severities) {
    const gathered = findingsKeys(prefix, run.name, run.id ?? '', severity);
    const before = findingsKeys(prefix, run.name, 'last', severity);
    const counted = await count(queues, gathered, before);
    kept[severity] = counted.byRule;
    if (counted.all >= most) full.push(severity);
    // Where not all were kept it cannot be told which are new; versions before this one did not say whether they were.
    const isComparable = last.full !== undefined && !last.full.split(',').includes(severity);
    if (isComparable && !full.includes(severity)) isNew[severity] = counted.isNew;
    for (const part of ['found', 'order'] as const) {
      if (counted.all > 0) change.rename(gathered[part], before[part]).pexpire(before[part], keepForMs);
      else change.del(before[part]);
    }
  }
  change.hset(key, {
    run: run.id ?? '',
    new: JSON.stringify(isNew),
    counts: JSON.stringify(counts),
    kept: JSON.stringify(kept),
    full: full.join(','),
  });
  change.pexpire(key, keepForMs);
  await change.exec();
  return { isNew, over: Math.max(0, sum(counts) - Object.values(kept).map(sum).reduce(add, 0)) };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce(add, 0);
}

function add(one: number, other: number): number {
  return one + other;
}

/** Counts the findings of a run, some at a time, and those that the run before did not have. */
async function count(
  { redis }: Queues,
  gathered: { readonly order: string },
  before: { readonly found: string },
): Promise<{ readonly all: number; readonly isNew: number; readonly byRule: Record<string, number> }> {
  const byRule: Record<string, number> = {};
  let isNew = 0;
  let all = 0;
  for (;;) {
    const page = await redis.zrange(gathered.order, all, String(all + pageSize - 1));
    const look = redis.pipeline();
    for (const place of page) {
      const rule = ruleIn(place);
      byRule[rule] = (byRule[rule] ?? 0) + 1;
      look.hexists(before.found, fingerprintIn(place));
    }
    for (const [error, is] of (await look.exec()) ?? []) {
      if (error) throw error;
      if (is === 0) isNew += 1;
    }
    all += page.length;
    if (page.length < pageSize) return { all, isNew, byRule };
  }
}
