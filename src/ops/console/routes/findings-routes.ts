import type { FastifyInstance } from 'fastify';
import { auditName } from '../../../jobs/index.ts';
import { severities } from '../../../policies/finding.ts';
import type { WorkerContext } from '../../../queue/context.ts';
import { lastFindings, readFindings, type WantedFindings } from '../../../queue/records/last-findings.ts';
import { type FindingRow, toFindingRow } from '../../../queue/views/finding-rows.ts';
import type { AssociateNames } from '../../../roster/associates.ts';
import { askQueues } from '../ask-redis.ts';
import { createAssociateNames } from '../associate-names.ts';
import { type FindingsPart, type FindingsQuery, findingsPage, findingsShown } from '../pages/findings.ts';
import { frame } from '../pages/frame.ts';

interface Query {
  readonly severity?: unknown;
  readonly rule?: unknown;
  readonly user?: unknown;
  readonly page?: unknown;
}

/** The page of what the last audit found. It changes nothing. */
export function findingsRoutes(
  scope: FastifyInstance,
  context: Pick<WorkerContext, 'queues' | 'openRoster' | 'rosterVendor' | 'now' | 'log'>,
): void {
  const { queues } = context;
  const namesOf = createAssociateNames(context);
  scope.get<{ Querystring: Query }>('/findings', async ({ who, query }) => {
    const asked = readQuery(query);
    const heading = { title: 'Findings', who, path: '/findings' };
    const last = await askQueues(queues, () => lastFindings(queues, auditName));
    if (!last) return frame(heading, findingsPage(undefined));
    const { names, missing } = await askQueues(queues, () => namesOf(last));
    const { severity, rule, user } = asked;
    const wanted = { severity, rule, ...(user === '' ? {} : { associates: associatesOf(names, user) }) };
    const part = await askQueues(queues, () => partOf(queues, wanted, { names, page: asked.page }));
    return frame(heading, findingsPage({ last, query: asked, part, missing }));
  });
}

function readQuery({ severity, rule, user, page }: Query): FindingsQuery {
  return {
    severity: severities.find((one) => one === severity),
    rule: typeof rule === 'string' && rule !== '' ? rule : undefined,
    user: typeof user === 'string' ? user.trim() : '',
    page: Math.max(1, Math.trunc(Number(page)) || 1),
  };
}

/** Users whose name has this text in it, and the associate of this number. */
function associatesOf(names: AssociateNames, user: string): ReadonlySet<number> {
  const text = user.toLowerCase();
  const named = [...names].filter(([, name]) => name.toLowerCase().includes(text)).map(([id]) => id);
  return new Set(/^\d{1,10}$/.test(user) ? [...named, Number(user)] : named);
}

interface Shown {
  readonly names: AssociateNames;
  /** From 1. */
  readonly page: number;
}

/** One page of findings; only where users are searched all are read, to count them. */
async function partOf(
  queues: WorkerContext['queues'],
  wanted: WantedFindings,
  { names, page }: Shown,
): Promise<FindingsPart> {
  const first = (page - 1) * findingsShown;
  const isSearch = wanted.associates !== undefined;
  const rows: FindingRow[] = [];
  let place = isSearch ? 0 : first;
  for await (const findings of readFindings(queues, auditName, wanted, place)) {
    for (const one of findings) {
      if (place >= first && rows.length < findingsShown) rows.push(toFindingRow(one, names));
      place += 1;
    }
    if (!isSearch && rows.length === findingsShown) break;
  }
  return isSearch ? { rows, matching: place } : { rows };
}
