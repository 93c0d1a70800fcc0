import type { User } from '../../../domain/user.ts';
import type { PlanFile } from '../../../runs/plan-files/plan-file.ts';
import type { WorkerContext } from '../../context.ts';
import type { SentRequest } from '../../messages/run-request.ts';

/** Where the users of a run come from; decided once, when somebody takes the run up. */
export type UserSource =
  /** The roster of the configuration, or the one that a command brought. */
  | { readonly kind: 'roster'; readonly openRoster: WorkerContext['openRoster'] }
  /** The request names them. */
  | { readonly kind: 'named'; readonly users: readonly User[] }
  /** A plan file, which names them only where its job needs them to go on. */
  | { readonly kind: 'plan'; readonly plan: PlanFile };

/**
 * Decides where the users of a run come from. A plan file counts only for the run that names it, and in the process that
 * was given the file: a command first finishes runs that were left behind.
 */
export function userSource(
  { plan, openRoster }: Pick<WorkerContext, 'plan' | 'openRoster'>,
  { users, origin }: Pick<SentRequest, 'users' | 'origin'>,
): UserSource {
  if (plan !== undefined && plan.fingerprint === origin?.plan) return { kind: 'plan', plan };
  if (!users) return { kind: 'roster', openRoster };
  return {
    kind: 'named',
    users: users.map((user) => (typeof user === 'string' ? { username: user } : user)),
  };
}
