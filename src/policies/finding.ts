import { hash } from 'node:crypto';

/** How bad a finding is, the worst first. */
export const severities = ['high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** One observation of an audit. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** What it is about, for people. */
  readonly subject: string;
  readonly detail: string;
  /** The same finding has the same fingerprint in every run. */
  readonly fingerprint: string;
}

/** Makes a finding; `identity` distinguishes it from other findings of the same rule. */
export function finding(
  facts: Omit<Finding, 'fingerprint'>,
  identity: readonly (string | number | null)[],
): Finding {
  const fingerprint = hash('sha256', JSON.stringify([facts.rule, ...identity]), 'hex').slice(0, 16);
  return { ...facts, fingerprint };
}
