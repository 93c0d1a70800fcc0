import type { DateTime } from 'luxon';
import { envPrefix, type Vendor } from '../domain/vendor.ts';
import { redactor } from '../security/redact.ts';
import type { Config } from './config.ts';
import { deepFreeze } from './deep-freeze.ts';
import { ConfigError } from './errors.ts';
import { readGroups } from './read-groups.ts';
import { type CheckedJob, readJob } from './read-job.ts';
import { checkRedisSettings } from './redis.ts';
import { secretWarnings } from './secret-warnings.ts';
import { pointsharpSettings, superofficeSettings } from './settings/groups.ts';
import type { Problem } from './settings/problem.ts';
import { readAgain } from './settings/read-again.ts';
import type { Environment } from './settings/read-group.ts';
import { nearlyOurs, unknownVariables } from './unknown.ts';
import { proxyWarnings } from './vendors/proxy.ts';
import { checkVendors } from './vendors/vendor-checks.ts';
import { filesOf, vendorInEffect } from './vendors/vendor-in-effect.ts';

/**
 * Reads the whole configuration from the environment.
 *
 * @param now the time from which schedules are looked at, in the zone of the host
 * @param asked the vendors that are going to be asked: of others nothing is missed, and what is wrong is told all the
 *   same; left out, those of the enabled jobs
 * @throws ConfigError naming every missing, wrong or unknown variable at once
 */
export function loadConfig(
  environment: Environment,
  jobs: readonly CheckedJob[],
  now: DateTime,
  asked?: readonly Vendor[],
): Config {
  const { groups, again } = readGroups(environment);
  const { bare, redis, caretaker, pointsharp, superoffice, ops, otel } = groups;
  const { associates, directories, download } = groups;
  const readings = jobs.map((job) => readJob(job, environment, now));
  const enabled = readings.filter(({ config }) => config.enabled !== false);
  const checks = checkVendors(
    { pointsharp: pointsharp.values, superoffice: superoffice.values },
    { command: asked, jobs: enabled.map(({ job }) => job), roster: associates.usedBy },
    environment,
  );
  const vendorChecks = Object.values(checks);
  // A margin that is too small only hurts once something is written.
  const mismatches = readings.flatMap(({ mismatches }) => mismatches);
  const enforced = caretaker.values.mode === 'enforce';
  const problems = [
    ...[
      bare,
      redis,
      caretaker,
      associates,
      directories,
      download,
      pointsharp,
      superoffice,
      ops,
      otel,
      ...readings,
      ...vendorChecks,
    ].flatMap((part) => part.problems),
    ...checkRedisSettings(redis.values, caretaker.values.prefix, environment),
    ...(enforced ? mismatches : []),
    ...unknownVariables(environment, jobs),
  ];
  const secrets = [bare, redis, caretaker, directories, download, pointsharp, superoffice, ops, otel].flatMap(
    (group) => group.secrets,
  );
  if (problems.length > 0) throw new ConfigError(withoutSecrets(problems, secrets));

  const isWhole = (vendor: Vendor) => checks[vendor].missing.length === 0;
  const noProxy = bare.values.noProxy ?? environment.no_proxy;
  const config = deepFreeze({
    ...bare.values,
    ...caretaker.values,
    timeZone: caretaker.values.timeZone ?? zoneOfHost(now),
    directories: directories.directories.map((directory, index) => ({
      ...directory,
      again: () => readAgain(again.directories, secrets)?.directories[index],
    })),
    download: download.download && {
      ...download.download,
      again: () => readAgain(again.download, secrets)?.download,
    },
    associates: associates.associates,
    redis: redis.values,
    ops: ops.values,
    traces: otel.values,
    pointsharp: isWhole('pointsharp')
      ? vendorInEffect(pointsharp.values, {
          read: again.pointsharp,
          files: filesOf(envPrefix('pointsharp'), pointsharpSettings, environment),
          secrets,
          noProxy,
        })
      : undefined,
    superoffice: isWhole('superoffice')
      ? vendorInEffect(superoffice.values, {
          read: again.superoffice,
          files: filesOf(envPrefix('superoffice'), superofficeSettings, environment),
          secrets,
          noProxy,
        })
      : undefined,
    jobs: Object.fromEntries(readings.map(({ job, config }) => [job.name, config])),
    missing: vendorChecks.flatMap((found) => found.missing),
    warnings: [
      ...nearlyOurs(environment, jobs),
      ...vendorChecks.flatMap((check) => check.warnings),
      ...secretWarnings(environment, jobs),
      ...proxyWarnings(envPrefix('pointsharp'), pointsharp.values, environment, noProxy),
      ...proxyWarnings(envPrefix('superoffice'), superoffice.values, environment, noProxy),
      ...(enforced ? [] : mismatches),
    ],
  });
  // Not frozen: secrets that are read again are added.
  return Object.freeze({ ...config, secrets });
}

/** A host without a zone that has a name counts as one in UTC. */
function zoneOfHost({ zone }: DateTime): string {
  return zone.type === 'system' || zone.type === 'iana' ? zone.name || 'UTC' : 'UTC';
}

/** What is secret in one variable may stand in another as well, which is wrong. */
function withoutSecrets(problems: readonly Problem[], secrets: readonly string[]): Problem[] {
  const redact = redactor(secrets);
  return problems.map((one) => ({ ...one, problem: redact(one.problem), message: redact(one.message) }));
}
