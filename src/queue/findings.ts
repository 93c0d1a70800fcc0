import type { Finding, Severity } from '../policies/finding.ts';
import type { Queues } from './queues.ts';

/** The most that is kept of each severity; a page of more is read by nobody, and all of them are logged. */
const keptPerSeverity = 500;

const fromWorst: readonly Severity[] = ['high', 'medium', 'low'];

/** What the last run of a job over the whole roster found. */
export interface LastFindings {
  readonly run: string;
  /** All of them, by severity, also those that are not kept. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** The worst first. */
  readonly findings: readonly Finding[];
}

/** Gathers the findings of a run as they come, a bounded number of each severity. */
export function gatherFindings(run: string): { add(finding: Finding): void; sum(): LastFindings } {
  const counts = { high: 0, medium: 0, low: 0 };
  const kept: Record<Severity, Finding[]> = { high: [], medium: [], low: [] };
  return {
    add(finding) {
      counts[finding.severity] += 1;
      if (kept[finding.severity].length < keptPerSeverity) kept[finding.severity].push(finding);
    },
    sum: () => ({ run, counts, findings: fromWorst.flatMap((severity) => kept[severity]) }),
  };
}

/** Puts the findings of a run in the place of those of the run before; forgotten when the history forgets the run. */
export async function keepFindings(
  queues: Queues,
  job: string,
  last: LastFindings,
  keepForMs: number,
): Promise<void> {
  await queues.redis.set(keyOf(queues, job), JSON.stringify(last), 'PX', keepForMs);
}

/** What the last run of a job found; undefined when there was none. */
export async function lastFindings(queues: Queues, job: string): Promise<LastFindings | undefined> {
  const text = await queues.redis.get(keyOf(queues, job));
  return text === null ? undefined : JSON.parse(text);
}

function keyOf({ prefix }: Queues, job: string): string {
  return `${prefix}:findings:${job}`;
}
