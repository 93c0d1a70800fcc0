import { exitCodes } from '../domain/exit-codes.ts';
import { findingsReference } from '../jobs/findings-reference.ts';
import { auditName, findJob } from '../jobs/index.ts';
import type { Severity } from '../policies/finding.ts';
import type { Queues } from '../queue/queues.ts';
import {
  type LastFindings,
  lastFindings,
  type RuleCount,
  readFindings,
  type WantedFindings,
} from '../queue/records/last-findings.ts';
import { associatesIn, type FindingRow, toFindingRow } from '../queue/views/finding-rows.ts';
import type { CommandContext } from './context.ts';
import { printFindings } from './print-findings.ts';
import { associatesOf, namesFor } from './run/associates.ts';
import { readConfig } from './setup/config.ts';
import { warnOfPauses } from './setup/pauses.ts';
import { withQueues } from './setup/queues.ts';
import { printCsv } from './terminal/print-csv.ts';
import { partOf, printJsonRows } from './terminal/print-rows.ts';
import { UsageError } from './usage-error.ts';

interface FindingsOptions {
  readonly rule?: string;
  readonly severity?: Severity;
  /** A user of the roster, or the number of an associate. */
  readonly user?: string;
  readonly limit?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  /** What each rule means, instead of findings. */
  readonly reference?: boolean;
}

/** How many findings are shown on a terminal, unless more are asked for; JSON and CSV have all. */
const shownAtOnce = 50;

const csvHead = ['severity', 'rule', 'user', 'associate', 'subject', 'detail', 'fingerprint'];

/** `caretaker findings`: what the last audit of the whole roster found, the worst first. */
export async function showFindings(context: CommandContext, options: FindingsOptions): Promise<number> {
  if (options.reference) {
    context.output.write(findingsReference());
    return exitCodes.completed;
  }
  const { rule, severity, user, json = false, csv = false } = options;
  if (json && csv) throw new UsageError('--json and --csv are two forms of the same.', 'Choose one of them.');
  const config = readConfig(context, []);
  return withQueues(
    context,
    async (queues) => {
      const last = await lastFindings(queues, auditName);
      if (!last) throw noAudit();
      await warnOfPauses(context, config, ['roster']);
      const associates = user === undefined ? undefined : await associatesOf(context, config, user);
      const wanted = { rule, severity, associates };
      const ofThese = await associatesIn(queues, auditName, wanted);
      const names = await namesFor(context, config, ofThese);
      const limit = options.limit ?? (json || csv ? Number.POSITIVE_INFINITY : shownAtOnce);
      const rows = partOf(rowsOf(queues, wanted, names), 0, limit);
      if (csv) await printCsv(context, csvHead, rows, csvCells);
      else if (json) await printJsonRows(context, headOf(last), 'findings', rows);
      else {
        const ofUser = user !== undefined && (await countFindings(queues, associates));
        const printed = ofUser ? { ...last, rules: ofUser } : last;
        await printFindings(context, printed, { wanted, rows, ...(ofUser ? { user, all: last.rules } : {}) });
      }
      return exitCodes.completed;
    },
    config,
  );
}

function noAudit(): UsageError {
  return new UsageError(
    'There are no findings: no audit of the whole roster has run yet.',
    `Start one with: caretaker run ${auditName}`,
  );
}

async function* rowsOf(
  queues: Queues,
  wanted: WantedFindings,
  names: ReadonlyMap<number, string>,
): AsyncGenerator<readonly FindingRow[]> {
  for await (const findings of readFindings(queues, auditName, wanted)) {
    yield findings.map((finding) => toFindingRow(finding, names));
  }
}

/** What the user of these associates has, of each rule; what is only in the log is nobody's. */
async function countFindings(
  queues: Queues,
  associates: WantedFindings['associates'],
): Promise<LastFindings['rules']> {
  const counts = new Map<string, RuleCount>();
  for await (const findings of readFindings(queues, auditName, { associates })) {
    for (const { rule, severity } of findings) {
      const count = (counts.get(rule)?.found ?? 0) + 1;
      counts.set(rule, { rule, severity, found: count, kept: count });
    }
  }
  return [...counts.values()];
}

function headOf({ job, run, rules }: LastFindings) {
  return {
    job,
    run,
    rules: rules.map((count) => {
      const { means = null, advice = null } = findJob(job)?.rules?.[count.rule] ?? {};
      return { ...count, means, advice };
    }),
  };
}

function csvCells({ severity, rule, users, associates, subject, detail, fingerprint }: FindingRow): string[] {
  return [severity, rule, users.join(', '), associates.join(', '), subject, detail, fingerprint];
}
