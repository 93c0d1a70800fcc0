import type { Logger } from 'pino';
import { withDeadline } from '../../domain/with-deadline.ts';
import type { WorkerContext } from '../../queue/context.ts';
import type { LastFindings } from '../../queue/records/last-findings.ts';
import { isPaused } from '../../queue/records/pauses.ts';
import { associatesIn } from '../../queue/views/finding-rows.ts';
import { type AssociateNames, readAssociateNames } from '../../roster/associates.ts';
import type { WithoutNames } from './pages/findings.ts';

/** The names of those whom the findings of the last audit concern, as far as they are known. */
export interface NamesNow {
  readonly names: AssociateNames;
  /** Why there are none. */
  readonly missing?: WithoutNames;
}

/** So long a page waits for the roster, in milliseconds; a large one takes seconds, and is there for the next page. */
const patienceMs = 1_000;
/** A roster is read again after so long, or when there is another audit. */
const freshMs = 10 * 60 * 1000;

/** Looks up names of associates in the roster, which it reads once for all pages: a roster may have a million users. */
export function createAssociateNames({
  queues,
  openRoster,
  rosterVendor,
  now,
  log,
}: Pick<WorkerContext, 'queues' | 'openRoster' | 'rosterVendor' | 'now'> & { readonly log: Logger }) {
  let known: { readonly run: string; readonly readAt: number; readonly names: Promise<NamesNow> } | undefined;

  async function read(job: string): Promise<NamesNow> {
    try {
      const roster = await openRoster();
      try {
        const associates = await associatesIn(queues, job, {});
        return { names: await readAssociateNames(roster, associates, now()) };
      } finally {
        await roster.close();
      }
    } catch (err) {
      log.warn({ err }, 'names of associates not read');
      return { names: new Map(), missing: 'no roster' };
    }
  }

  /** The names for the findings of this audit. */
  return async function namesOf({ job, run }: LastFindings): Promise<NamesNow> {
    // Nobody who looks at findings asks a vendor for the roster: one that is paused is left alone.
    if (rosterVendor && (await isPaused(queues, [rosterVendor])))
      return { names: new Map(), missing: 'paused' };
    const at = now().toMillis();
    if (known?.run !== run || at - known.readAt > freshMs) known = { run, readAt: at, names: read(job) };
    return withDeadline(known.names, patienceMs, { names: new Map(), missing: 'reading' } as const);
  };
}
