import { setTimeout as delay } from 'node:timers/promises';
import { withDeadline } from '../../domain/with-deadline.ts';
import { RosterError, RosterInterrupted } from '../../roster/errors.ts';
import type { Patience } from '../../roster/patience.ts';
import { silentArchive } from '../../roster/sources/archive-errors.ts';
import type { AskForRows, UsersPage } from '../../roster/sources/archive-pages.ts';
import { VendorError } from '../errors/vendor-error.ts';
import type { Meter } from '../http/session.ts';
import type { SuperofficeReader } from './client.ts';

/** How often a page is asked for: the server is recycled every night, and is back within seconds. */
const mostTries = 3;

/**
 * The users of SuperOffice for a roster: each page is asked for under one deadline, however often it is tried, and what fails
 * is an error of the roster.
 *
 * @param open a client whose requests end with the signal of the meter
 * @param retryMs pause before a page is asked for again, in milliseconds; it grows with each try
 */
export function usersOfSuperoffice(open: (meter: Meter) => SuperofficeReader, retryMs: number) {
  return (columns: readonly string[], { timeoutMs, signal }: Patience) => {
    const end = new AbortController();
    const aborted = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
    const reader = open({ requests: 0, signal: aborted });

    async function tryOften(skip: number, top: number): Promise<UsersPage> {
      const sinceMs = performance.now();
      for (let tries = 1; ; tries += 1) {
        try {
          return await reader.listUsers({ columns, skip, top });
        } catch (error) {
          const isPassing = error instanceof VendorError && error.remedy === 'retry-batch';
          if (!isPassing || tries === mostTries) throw error;
          const pauseMs = Math.max(error.retryAfterMs ?? 0, retryMs * tries);
          if (performance.now() - sinceMs + pauseMs >= timeoutMs) throw error;
          await delay(pauseMs, undefined, { signal: aborted });
        }
      }
    }

    const ask: AskForRows = async (skip, top) => {
      try {
        const page = await withDeadline(tryOften(skip, top), timeoutMs, 'silent' as const);
        if (page !== 'silent') return page;
      } catch (error) {
        throw signal?.aborted ? new RosterInterrupted('SuperOffice') : toRosterError(error);
      }
      throw silentArchive(timeoutMs);
    };
    return {
      ask,
      /** What is still asked is of no use any more. */
      stop: () => end.abort(),
    };
  };
}

/** The error for what the client threw; what is no failure of the vendor stays as it is. */
function toRosterError(error: unknown): unknown {
  if (!(error instanceof VendorError)) return error;
  const { name, problem, advice, status } = error;
  const isAway = error.remedy === 'retry-batch';
  if (name === 'Refused')
    return new RosterError(
      problem,
      'Check ROSTER_SUPEROFFICE_PAGE_SIZE, and that the server has the columns of ROSTER_SUPEROFFICE_*.',
    );
  if (status === 403)
    return new RosterError(
      problem,
      'Give the user of SUPEROFFICE_AUTH the right to read the users of SuperOffice.',
    );
  if (name === 'Unreadable')
    return new RosterError(problem, 'Check what stands between: a proxy, a firewall, a load balancer.', {
      isAway,
    });
  return new RosterError(problem, advice, { isAway });
}
