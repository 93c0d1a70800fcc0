import { z } from 'zod';
import { findJob } from '../../jobs/index.ts';
import { type Finding, type Severity, severities } from '../../policies/finding.ts';
import { parseText } from '../messages/parse.ts';
import { Counts } from '../messages/tally.ts';
import type { Queues } from '../queues.ts';
import { findingsKeys, fingerprintIn, lastRunKey, placesOf } from './findings-keys.ts';
import { readKeptFinding } from './kept-finding.ts';

/** How many findings are read at a time. */
const pageSize = 500;

const KeptCounts = z.partialRecord(z.enum(severities), Counts);

/** What there is of one rule. */
export interface RuleCount {
  readonly rule: string;
  readonly severity: Severity;
  /** How many the audit found. */
  readonly found: number;
  /** How many of them are kept, and can be read. */
  readonly kept: number;
}

/** What the last run of a job over the whole roster found. */
export interface LastFindings {
  readonly job: string;
  readonly run: string;
  /** The worst first, then by name; rules without findings are left out. */
  readonly rules: readonly RuleCount[];
}

/** What the last run of a job over the whole roster found, in numbers; undefined when there was none. */
export async function lastFindings(
  { redis, prefix }: Queues,
  job: string,
): Promise<LastFindings | undefined> {
  const { run, ...last } = await redis.hgetall(lastRunKey(prefix, job));
  // Versions up to 0.1 kept them in no order.
  if (run === undefined || last.kept === undefined) return undefined;
  const kept = parseText(KeptCounts, last.kept) ?? {};
  const counts = parseText(Counts, last.counts ?? '{}') ?? {};
  const rules = severities.flatMap((severity) => {
    const here = kept[severity] ?? {};
    const lost = Object.keys(counts).filter((rule) => findJob(job)?.rules?.[rule]?.severity === severity);
    const names = [...new Set([...Object.keys(here), ...lost])].sort();
    return names.map((rule) => {
      const readable = here[rule] ?? 0;
      return { rule, severity, found: Math.max(counts[rule] ?? 0, readable), kept: readable };
    });
  });
  return { job, run, rules: rules.filter(({ found }) => found > 0) };
}

/** Which findings are wanted; what is left out does not matter. */
export interface WantedFindings {
  readonly severity?: Severity | undefined;
  readonly rule?: string | undefined;
  readonly associates?: ReadonlySet<number> | undefined;
}

/**
 * The findings that are kept of the last run, by severity, rule and associate, some at a time: there may be more than the
 * memory should hold.
 *
 * @param skip how many of them are left out at the beginning; not with `associates`
 */
export async function* readFindings(
  queues: Queues,
  job: string,
  { severity: only, rule, associates }: WantedFindings,
  skip = 0,
): AsyncGenerator<readonly Finding[]> {
  let next = skip;
  for (const severity of severities) {
    if (only !== undefined && severity !== only) continue;
    const keys = findingsKeys(queues.prefix, job, 'last', severity);
    for (let isLast = false; !isLast; ) {
      const places = await placesFrom(queues, keys.order, rule, next);
      const findings =
        places.length === 0 ? [] : await readAt(queues, { severity, places, found: keys.found });
      yield associates ? findings.filter((one) => one.associates.some((id) => associates.has(id))) : findings;
      next += places.length;
      isLast = places.length < pageSize;
    }
    // A rule has findings of one severity only.
    if (rule === undefined) next = Math.max(0, next - (await queues.redis.zcard(keys.order)));
  }
}

function placesFrom(
  { redis }: Queues,
  order: string,
  rule: string | undefined,
  start: number,
): Promise<string[]> {
  return rule === undefined
    ? redis.zrange(order, start, String(start + pageSize - 1))
    : redis.zrange(order, ...placesOf(rule), 'BYLEX', 'LIMIT', start, pageSize);
}

interface Places {
  readonly severity: Severity;
  readonly places: readonly string[];
  /** Key of the findings themselves. */
  readonly found: string;
}

async function readAt({ redis }: Queues, { severity, places, found }: Places): Promise<Finding[]> {
  const texts = await redis.hmget(found, ...places.map(fingerprintIn));
  // What is not there any more went with its audit, which another one has just taken the place of.
  return places.flatMap((place, index) => {
    const text = texts[index];
    return typeof text === 'string' ? [readKeptFinding(text, severity, place)] : [];
  });
}
