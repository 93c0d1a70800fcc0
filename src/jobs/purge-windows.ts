import { mayPurge, purgeWindowsSettings, type WindowKind } from '../policies/purge-windows.ts';
import type { Action, MaintenanceJob, Outcome } from './job.ts';

interface PurgeWindows extends Action {
  readonly subject: WindowKind;
}

// One for all of the two million calls of a purge.
const outcome: Outcome = { status: 'applied' };
const applied = () => outcome;

/** Removes the expired and the waiting device windows of every user of the roster. */
export const purgeWindows = {
  name: 'purge-windows',
  vendor: 'pointsharp',
  policy: purgeWindowsSettings,
  defaults: { schedule: '15 2 * * *', batchSize: 500, maxActions: 100_000, maxShare: 1 },
  urgency: 3,
  // Windows cannot be listed, so there is nothing to read: the roster alone says what is planned.
  plansFrom: 'roster',
  actionMeans: 'one request; how many windows it removes the vendor does not say',

  inspect(user, { policy, now }) {
    const actions: PurgeWindows[] = [];
    for (const subject of policy.kinds) if (mayPurge(subject, policy, now)) actions.push({ user, subject });
    const kept = policy.kinds.length - actions.length;
    return kept > 0 ? { actions, kept: { 'outside-quiet-hours': kept } } : { actions };
  },

  apply({ user, subject }, { client, policy, now }) {
    if (!mayPurge(subject, policy, now))
      return Promise.resolve({ status: 'skipped', reason: 'outside-quiet-hours' });
    const removal =
      subject === 'expired' ? client.removeExpiredWindows(user) : client.removeWaitingWindows(user);
    return removal.then(applied);
  },

  async explain(_user, { policy, now }) {
    return policy.kinds.map((kind) => {
      const allowed = mayPurge(kind, policy, now);
      return {
        subject: `${kind} windows`,
        verdict: allowed ? 'remove' : 'keep: outside-quiet-hours',
        because: ['the vendor cannot list windows, so their number is unknown'],
      };
    });
  },
} satisfies MaintenanceJob<'pointsharp', typeof purgeWindowsSettings, PurgeWindows>;
