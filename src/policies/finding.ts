import { hash } from 'node:crypto';

/** How bad a finding is, the worst first. */
export const severities = ['high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** What a rule of an audit finds, for people: whole sentences in Markdown without links. */
export interface FindingRule {
  readonly severity: Severity;
  readonly means: string;
  /** What to do about it. */
  readonly advice: string;
}

/** One observation of an audit. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** Whom it concerns at SuperOffice, the lowest number first; none where the subject names the user. */
  readonly associates: readonly number[];
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
