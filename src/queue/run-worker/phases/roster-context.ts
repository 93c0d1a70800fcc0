import { DateTime } from 'luxon';
import { carriedPolicy } from '../../../jobs/carried-policy.ts';
import type { RunState } from '../../messages/run-state.ts';
import type { RunUnderWay } from './run-under-way.ts';

/** What follows from the roster alone is planned with. */
export function rosterContext({ context, maintenance }: RunUnderWay, state: RunState) {
  return {
    client: context.clients.readers({ requests: 0 })[maintenance.vendor](),
    policy: carriedPolicy(maintenance, state.policy),
    now: plannedAt(state),
  };
}

/** When a run was planned; whatever it decides later, it decides as of then. */
export function plannedAt(state: RunState): DateTime {
  return DateTime.fromISO(state.plannedAt);
}
