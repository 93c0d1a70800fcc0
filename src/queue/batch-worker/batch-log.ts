import type { Logger } from 'pino';
import type { AnyJob } from '../../jobs/index.ts';
import type { BatchLog } from '../../runs/batch.ts';

/** Writes what a batch does into the log: one line per thing worth knowing, ordinary ones at debug. */
export function batchLog(log: Logger, job: AnyJob): BatchLog {
  // What follows from the roster alone is done to everybody, and the vendor does not say whether there was anything to do.
  const appliedLevel = job.plansFrom === 'roster' ? 'debug' : 'info';
  const tellsApplied = log.isLevelEnabled(appliedLevel);
  return {
    applied({ user, subject }) {
      if (tellsApplied) log[appliedLevel]({ user: user.username, subject }, 'action applied');
    },
    skipped: ({ user, subject }, reason) =>
      log.info({ user: user.username, subject, reason }, 'action skipped'),
    failed: (user, subject, reason) =>
      log.warn({ user, subject, reason }, subject === undefined ? 'user failed' : 'action failed'),
    found: (finding) => log.info({ finding }, 'finding'),
    kept: (user, kept) => log.debug({ user, kept }, 'kept'),
  };
}
