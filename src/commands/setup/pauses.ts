import type { Config } from '../../config/config.ts';
import type { Vendor } from '../../domain/vendor.ts';
import { findPause, type PauseText, rosterVendorOf } from '../../queue/records/find-pause.ts';
import { askRedis } from '../../redis/connection.ts';
import { RedisError } from '../../redis/errors.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';

/**
 * Tells a person, on the errors' stream, that a vendor is paused which the command is about to ask. It asks all the same:
 * somebody who looks is often the one who finds out whether the pause can end. Without Redis nothing is said.
 *
 * @param asked the vendors that it asks; and `roster` where it reads the roster
 * @param does what it does with them
 */
export async function warnOfPauses(
  context: CommandContext,
  config: Config,
  asked: readonly (Vendor | 'roster')[],
  does: 'asks' | 'writes to' = 'asks',
): Promise<void> {
  const vendors = asked.map((one) => (one === 'roster' ? rosterVendorOf(config) : one));
  for (const vendor of new Set(vendors.filter((one) => one !== undefined))) {
    const pause = await pauseFound(config, vendor);
    if (pause === 'not known') return;
    if (pause)
      context.errors.write(
        `caretaker: ${pause.problem} This command ${does} it all the same. ${pause.advice}\n`,
      );
  }
}

/**
 * A write by hand ends at a pause of its vendor, like all others: whoever paused it has a reason that the one at this
 * command line may not know. Without Redis, what leaves a trace ends for that.
 *
 * @throws UsageError when the vendor is paused
 */
export async function refuseWriteAtPause(config: Config, vendor: Vendor): Promise<void> {
  const pause = await pauseFound(config, vendor);
  if (pause === undefined || pause === 'not known') return;
  throw new UsageError(
    `${pause.problem} Nothing was written.`,
    `To write all the same, add --despite-pause. ${pause.advice}`,
  );
}

async function pauseFound(config: Config, vendor: Vendor): Promise<PauseText | undefined | 'not known'> {
  const { prefix, timeZone } = config;
  try {
    return await askRedis(config.redis, (redis) =>
      findPause({ redis, prefix }, { whats: [vendor] }, timeZone),
    );
  } catch (error) {
    if (error instanceof RedisError) return 'not known';
    throw error;
  }
}
