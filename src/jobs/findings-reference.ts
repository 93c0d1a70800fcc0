import { type FindingRule, severities } from '../policies/finding.ts';
import { auditName, findJob } from './index.ts';

/** The page of every rule that something is found by: what it means and what to do. Generated, so that it stays true. */
export function findingsReference(): string {
  const rules = Object.entries(findJob(auditName)?.rules ?? {}).sort(byWorst);
  const sections = rules.map(([rule, { severity, means, advice }]) =>
    [
      `## ${rule}`,
      '',
      `Severity: ${severity}.`,
      '',
      `**Means**: ${inLines(means)}`,
      '',
      `**Do**: ${inLines(advice)}`,
    ].join('\n'),
  );
  return `${[introduction, ...sections].join('\n\n')}\n`;
}

/** As all pages have it: one sentence a line. */
function inLines(text: string): string {
  return text.replaceAll(/(?<=[.?]) (?=[A-Z])/g, '\n');
}

function byWorst(
  [name, { severity }]: readonly [string, FindingRule],
  [otherName, other]: readonly [string, FindingRule],
): number {
  return severities.indexOf(severity) - severities.indexOf(other.severity) || (name < otherName ? -1 : 1);
}

const introduction = `# Findings

<!-- Generated from src/policies/audit-rules.ts by \`npm run docs\`. -->

The job \`${auditName}\` looks at the Pocket registrations of everybody and writes nothing.
SuperOffice documents no operation that removes a registration, nor which of the steps below does it: the next audit shows it.
What it finds is in its log, and that of the last audit of the whole roster can be read:

- \`caretaker findings\` shows the worst first, \`--rule\`, \`--severity\` and \`--user\` choose among them.
- \`caretaker findings --csv > findings.csv\` writes a file that Excel opens as it is.
- \`/findings\` of the console groups them by rule.

Of each severity \`CARETAKER_KEEP_FINDINGS\` are kept; how many there were more is said.
Redis has the associates only: the names beside them are looked up in the roster, so the command and the console need \`CARETAKER_ROSTER\`.
\`CARETAKER_FAIL_ON=finding:high\` makes a command exit with 1 when there are findings of that severity.`;
