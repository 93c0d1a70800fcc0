import type { Readable } from 'node:stream';
import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import type { Environment } from '../../config/settings/read-group.ts';
import type { User } from '../../domain/user.ts';
import { envPrefix, type Vendor, vendors } from '../../domain/vendor.ts';
import type { UnitEstimate } from '../../policies/timed-devices/timeout-unit.ts';
import { redactor } from '../../security/redact.ts';
import { accountLines } from './account.ts';
import { type Line, linesOf, within } from './check.ts';
import { type ConfigurationLook, lookAtConfiguration, modeLine } from './configuration.ts';
import { checkRedisHealth } from './redis.ts';
import { checkRoster, type RosterSample } from './roster.ts';
import { checkSchedules } from './schedules.ts';
import { checkUnit, type UnitCheck } from './unit.ts';
import { checkVendor } from './vendor.ts';
import { openVendorProbe, type VendorProbe } from './vendor-probe.ts';
import { checkVersions } from './versions.ts';

/** What the doctor gets from outside. */
export interface DoctorContext {
  readonly environment: Environment;
  readonly now: () => DateTime;
  readonly input: Readable;
  /** Tells this process from all others. */
  readonly name: string;
  readonly program: string;
  readonly node: string;
}

/** Who hears of more than the lines say. */
type Listener = Pick<UnitCheck, 'onEstimate'>;

/** How long each check may take, in milliseconds: in sequence they stay under 15 seconds, whatever is down. */
const limits = { redis: 4_000, schedules: 5_000, roster: 4_000, vendor: 9_000, unit: 5_000, account: 4_000 };
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

/** Checks everything that a deployment needs, at the same time. Writes to no vendor and changes no schedule. */
export async function examine(context: DoctorContext): Promise<readonly Line[]> {
  const { environment, now } = context;
  const look = lookAtConfiguration(environment, now());
  const versions = checkVersions(context.program, context.node);
  const { config } = look;
  if (!config) return [...look.lines, ...versions];
  let estimate: UnitEstimate | undefined;
  const onEstimate = (found: UnitEstimate) => {
    estimate = found;
  };
  const [redis, others] = await Promise.all([
    lookAtQueues(config, look, context),
    lookAtVendors(config, look, { ...context, onEstimate }),
  ]);
  const redact = redactor(config.secrets);
  const mode = modeLine(config, estimate);
  return [...look.lines, mode, ...redis, ...others, ...versions].map((line) => ({
    ...line,
    found: redact(line.found),
    ...(line.remedy === undefined ? {} : { remedy: redact(line.remedy) }),
  }));
}

async function lookAtQueues(
  config: Config,
  look: ConfigurationLook,
  { name, now }: DoctorContext,
): Promise<readonly Line[]> {
  if (look.wrong.some((prefix) => prefix === 'REDIS_' || prefix.startsWith('CARETAKER_PREFIX'))) {
    return [skipped('redis'), skipped('schedules')];
  }
  let isUsable = false;
  const health = checkRedisHealth(config, name, now).then((found) => {
    isUsable = found.isUsable;
    return found.lines;
  });
  const lines = await within(limits.redis, 'redis', health, 'Check Redis and REDIS_URL.');
  if (!isUsable) return [...lines, linesOf('schedules').notChecked('all', 'Redis comes first')];
  const schedules = checkSchedules(config, look, now());
  return [...lines, ...(await within(limits.schedules, 'schedules', schedules, 'Check the load of Redis.'))];
}

async function lookAtVendors(
  config: Config,
  { wrong }: ConfigurationLook,
  { input, now, onEstimate }: DoctorContext & Listener,
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
  { now, onEstimate }: Pick<DoctorContext, 'now'> & Listener,
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
  { now, onEstimate }: Pick<DoctorContext, 'now'> & Listener,
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

function skipped(subject: string): Line {
  return linesOf(subject).notChecked('all', 'its variables come first');
}
