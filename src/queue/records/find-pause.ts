import type { Config } from '../../config/config.ts';
import type { Vendor } from '../../domain/vendor.ts';
import type { Queues } from '../queues.ts';
import { describePause, pauseOf } from './pauses.ts';

/** What a pause may keep somebody from. */
interface Concerned {
  /** Jobs and vendors. */
  readonly whats: readonly string[];
  /** The vendor that would be asked for the roster. */
  readonly rosterVendor?: Vendor | undefined;
}

/** A pause for people: whole sentences. */
export interface PauseText {
  readonly problem: string;
  readonly advice: string;
}

/** The first pause that concerns any of these, as it is told to a person with this time zone. */
export async function findPause(
  queues: Pick<Queues, 'redis' | 'prefix'>,
  { whats, rosterVendor }: Concerned,
  timeZone: string,
): Promise<PauseText | undefined> {
  for (const what of whats) {
    const pause = await pauseOf(queues, what);
    if (pause) return describePause(pause, timeZone);
  }
  const pause = rosterVendor && (await pauseOf(queues, rosterVendor));
  if (!pause) return undefined;
  const { problem, advice } = describePause(pause, timeZone);
  return { problem: `${problem} The roster is read from there.`, advice };
}

/** The vendor whose users the roster is, or is joined with. */
export function rosterVendorOf({ associates }: Pick<Config, 'associates'>): Vendor | undefined {
  return associates && 'superoffice';
}
