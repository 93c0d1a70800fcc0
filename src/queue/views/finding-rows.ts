import type { Finding } from '../../policies/finding.ts';
import type { AssociateNames } from '../../roster/associates.ts';
import type { Queues } from '../queues.ts';
import { readFindings, type WantedFindings } from '../records/last-findings.ts';

/** A finding as people see it, with the names of those whom it concerns. */
export interface FindingRow extends Omit<Finding, 'fingerprint'> {
  /** Those of its associates that the roster names, in their order. */
  readonly users: readonly string[];
  readonly fingerprint: string;
}

/** Adds the names that the roster has for the associates of a finding. */
export function toFindingRow(finding: Finding, names: AssociateNames): FindingRow {
  const { rule, severity, associates, subject, detail, fingerprint } = finding;
  const users = associates.flatMap((id) => names.get(id) ?? []);
  return { rule, severity, users: [...new Set(users)], associates, subject, detail, fingerprint };
}

/** Every associate that one of these findings concerns. */
export async function associatesIn(
  queues: Queues,
  job: string,
  wanted: WantedFindings,
): Promise<ReadonlySet<number>> {
  const associates = new Set<number>();
  for await (const findings of readFindings(queues, job, wanted)) {
    for (const one of findings) for (const id of one.associates) associates.add(id);
  }
  return associates;
}
