import type { Readable } from 'node:stream';
import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import type { Environment } from '../../config/settings/read-group.ts';
import type { UnitEstimate } from '../../policies/timed-devices/timeout-unit.ts';
import { redactor } from '../../security/redact.ts';
import { type Line, linesOf, skipped, within } from './check.ts';
import { type ConfigurationLook, lookAtConfiguration, modeLine } from './configuration.ts';
import { limits } from './limits.ts';
import { checkRedisHealth } from './redis.ts';
import { checkSchedules } from './schedules.ts';
import { lookAtVendors } from './vendors/look-at-vendors.ts';
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
    lookAtVendors(config, look.wrong, { ...context, onEstimate }),
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
