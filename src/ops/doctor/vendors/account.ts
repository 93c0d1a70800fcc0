import type { Account } from '../../../clients/superoffice/online/site.ts';
import type { Config } from '../../../config/config.ts';
import { isOnlineWay } from '../../../config/vendors/superoffice-online.ts';
import { momentIn } from '../../../domain/shown-time.ts';
import { type Line, linesOf } from '../check.ts';

const warnDaysLeft = 21;
const dayMs = 86_400_000;

/**
 * As whom the program signs in at SuperOffice Online, and when that ends as far as anybody says.
 *
 * @param ask signs in if need be
 * @param soFar the other lines of the vendor: without a sign-in there is nobody to name
 */
export async function accountLines(
  { superoffice, timeZone }: Pick<Config, 'superoffice' | 'timeZone'>,
  ask: () => Promise<Account | undefined>,
  soFar: readonly Line[],
  nowMs: number,
): Promise<readonly Line[]> {
  if (!superoffice || !isOnlineWay(superoffice.auth)) return [];
  const { failed, notChecked } = linesOf('superoffice');
  const signedIn = soFar.find(({ check }) => check === 'sign-in')?.health;
  if (signedIn !== 'ok' && signedIn !== 'warn') return [notChecked('account', 'the sign-in comes first')];
  try {
    const account = await ask();
    return account ? [accountLine({ ...superoffice, timeZone }, account, nowMs)] : [];
  } catch (error) {
    return [failed('account', error, 'Check the network between this host and SuperOffice.')];
  }
}

function accountLine(
  {
    auth,
    tenant = '',
    timeZone,
  }: Pick<NonNullable<Config['superoffice']>, 'auth' | 'tenant'> & Pick<Config, 'timeZone'>,
  { user, tenant: found = tenant, endsAtMs }: Account,
  nowMs: number,
): Line {
  const { ok, warn } = linesOf('superoffice');
  if (auth === 'system-user')
    return ok('account', `signs in as the system user of ${found}, until an administrator revokes the app`);
  const who = `signs in as ${user ?? 'a user whom the server does not name'} at ${found}`;
  if (endsAtMs === undefined) return ok('account', `${who}, until the authorization is revoked`);
  const until = `${who}; the refresh token ends on ${momentIn(timeZone, endsAtMs).toISODate()}`;
  return endsAtMs - nowMs < warnDaysLeft * dayMs
    ? warn('account', until, 'Get a new one in time: caretaker superoffice login.')
    : ok('account', until);
}
