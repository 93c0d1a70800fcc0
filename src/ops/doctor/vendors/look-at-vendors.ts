import type { Readable } from 'node:stream';
import type { DateTime } from 'luxon';
import type { Config } from '../../../config/config.ts';
import type { User } from '../../../domain/user.ts';
import { envPrefix, type Vendor, vendors } from '../../../domain/vendor.ts';
import { type Line, linesOf, skipped, within } from '../check.ts';
import { limits } from '../limits.ts';
import { checkRoster, type RosterSample } from '../roster/roster.ts';
import { accountLines } from './account.ts';
import { checkUnit, type UnitCheck } from './unit.ts';
import { checkVendor } from './vendor.ts';
import { openVendorProbe, type VendorProbe } from './vendor-probe.ts';

/** What the checks of the vendors get from outside; who hears of more than the lines say. */
interface VendorsContext extends Pick<UnitCheck, 'onEstimate'> {
  readonly now: () => DateTime;
  readonly input: Readable;
}

const connectMs = 3_000;
const readMs = 3_000;
/** A roster that hangs is told as such, before the check as a whole takes too long. */
const rosterMs = 3_000;
/** A large directory, or a large SuperOffice, is looked at for so long, and not read to its end. */
const enoughMs = 1_500;
/** Of whose devices the unit is estimated. */
const sampleSize = 50;
/** One may be unknown to a vendor; three tell more. */
const usersTried = 3;

/**
 * Checks both vendors and the roster, whose first users they are asked for, at the same time.
 *
 * @param wrong the prefixes of the variables that cannot be used: what needs them is not checked
 */
export async function lookAtVendors(
  config: Config,
  wrong: readonly string[],
  { input, now, onEstimate }: VendorsContext,
): Promise<readonly Line[]> {
  const { promise: sample, resolve } = Promise.withResolvers<RosterSample>();
  const roster = wrong.some((prefix) => prefix.startsWith('CARETAKER_ROSTER'))
    ? Promise.resolve([skipped('roster')])
    : within(
        limits.roster,
        'roster',
        checkRoster(config, {
          sampleSize,
          now: now(),
          input,
          timeoutMs: rosterMs,
          enoughMs,
          onSample: resolve,
        }),
        config.download || config.directories.length > 0 || config.associates
          ? 'A large roster takes longer over the network, and a run waits for it: try caretaker plan.'
          : 'Move the roster to storage that reads faster.',
      );
  // The vendors must not wait for a roster that cannot be read.
  const rosterLines = roster.then((lines) => {
    resolve({ users: [], associate: undefined });
    return lines;
  });
  const found = vendors.map((vendor) =>
    wrong.includes(envPrefix(vendor))
      ? skippedVendor(vendor)
      : lookAtVendor(vendor, config, sample, { now, onEstimate }),
  );
  const parts = await Promise.all([...found, rosterLines]);
  return parts.flat();
}

async function lookAtVendor(
  vendor: Vendor,
  config: Config,
  sample: Promise<RosterSample>,
  { now, onEstimate }: Omit<VendorsContext, 'input'>,
): Promise<readonly Line[]> {
  const probe = openVendorProbe(vendor, config, readMs, now);
  try {
    const questions = sample.then((found) =>
      (vendor === 'pointsharp' ? found.users : associatesOf(found)).slice(0, usersTried).map(probe.question),
    );
    const lines = await within(
      limits.vendor,
      vendor,
      checkVendor({ vendor, config, setupError: probe.setupError, timeoutMs: connectMs, now, questions }),
      `Check the server and ${envPrefix(vendor)}URL.`,
    );
    if (vendor !== 'pointsharp') {
      const account = accountLines(config, probe.account, lines, now().toMillis());
      return [...lines, ...(await within(limits.account, vendor, account, 'Check the load of SuperOffice.'))];
    }
    const isSignedIn = lines.some(({ check, health }) => check === 'sign-in' && health !== 'not-checked');
    const hasFailed = lines.some(({ health }) => health === 'fail');
    return [
      ...lines,
      ...(isSignedIn && !hasFailed
        ? await unitLines(config, probe, await sample, { now, onEstimate })
        : [noUnit()]),
    ];
  } finally {
    await probe.close();
  }
}

/** Those of the first users, or else the first of all. */
function associatesOf({ users, associate }: RosterSample): readonly User[] {
  const first = users.filter(({ associateId }) => associateId !== undefined);
  return first.length === 0 && associate ? [associate] : first;
}

function unitLines(
  config: Config,
  { devices }: VendorProbe,
  { users }: RosterSample,
  { now, onEstimate }: Omit<VendorsContext, 'input'>,
): Promise<readonly Line[]> | readonly Line[] {
  if (!devices) return [noUnit()];
  const deadline = AbortSignal.timeout(limits.unit - readMs);
  const found = checkUnit({ config, client: devices, users, now: now(), deadline, onEstimate });
  return within(limits.unit, 'timed-devices', found, 'Check the load of Pointsharp ID.');
}

function skippedVendor(vendor: Vendor): readonly Line[] {
  return vendor === 'pointsharp' ? [skipped(vendor), noUnit()] : [skipped(vendor)];
}

function noUnit(): Line {
  return linesOf('timed-devices').notChecked('unit', 'Pointsharp ID comes first');
}
