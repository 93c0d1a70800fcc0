import type { DateTime } from 'luxon';
import { envPrefix, type Vendor } from '../domain/vendor.ts';
import { redactor } from '../security/redact.ts';
import { readAssociates } from './associates.ts';
import type { Config, JobConfig } from './config.ts';
import { readDirectories } from './directories.ts';
import { readDownload } from './download.ts';
import { ConfigError } from './errors.ts';
import { proxyWarnings } from './proxy.ts';
import { readAgain } from './read-again.ts';
import { checkRedisSettings } from './redis.ts';
import { longestGapMs } from './schedule/longest-gap.ts';
import { secretWarnings } from './secret-warnings.ts';
import {
  bareSettings,
  caretakerSettings,
  opsSettings,
  otelSettings,
  pointsharpSettings,
  redisSettings,
  superofficeSettings,
} from './settings/groups.ts';
import {
  commonJobSettings,
  type JobDeclaration,
  jobPrefix,
  policyAssumption,
  policyProblem,
} from './settings/job.ts';
import type { Assumption, Mismatch, Problem } from './settings/problem.ts';
import { type Environment, readGroup } from './settings/read-group.ts';
import type { Settings, ValuesOf } from './settings/setting.ts';
import { atTenant } from './superoffice-online.ts';
import { nearlyOurs, unknownVariables } from './unknown.ts';
import { type AskedBy, checkVendor } from './vendor-checks.ts';
import { filesOf, vendorInEffect } from './vendor-in-effect.ts';

/** A job that can check whether its policy fits its schedule. */
export interface CheckedJob extends JobDeclaration {
  check?(policy: ValuesOf<Settings>, gapMs: number): readonly Mismatch[];
  assumptions?(policy: ValuesOf<Settings>): readonly Assumption[];
}

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
  const bare = readGroup('', bareSettings, environment);
  const redis = readGroup('REDIS_', redisSettings, environment);
  const caretaker = readGroup('CARETAKER_', caretakerSettings, environment);
  const readPointsharp = () => readGroup(envPrefix('pointsharp'), pointsharpSettings, environment);
  const readSuperoffice = () => {
    const reading = readGroup(envPrefix('superoffice'), superofficeSettings, environment);
    return { ...reading, values: atTenant(reading.values) };
  };
  const [pointsharp, superoffice] = [readPointsharp(), readSuperoffice()];
  const associates = readAssociates(caretaker.values, environment);
  const readAllDirectories = () => readDirectories(associates.users, environment, associates.rule);
  const readTheDownload = () => readDownload(associates.users, environment);
  const [directories, download] = [readAllDirectories(), readTheDownload()];
  const ops = readGroup('OPS_', opsSettings, environment);
  const otel = readGroup('OTEL_', otelSettings, environment);
  const readings = jobs.map((job) => readJob(job, environment, now));
  // Whoever keeps users there may ask for them in any command.
  const isAsked = (vendor: Vendor) => (asked?.includes(vendor) ?? true) || usersOfRoster(vendor).length > 0;
  const usersOfRoster = (vendor: Vendor) => (vendor === 'superoffice' ? associates.usedBy : []);
  const askedBy = (vendor: Vendor): AskedBy => {
    if (asked?.includes(vendor)) return 'command';
    const uses = readings.filter(({ job, config }) => job.vendor === vendor && config.enabled !== false);
    return { jobs: [...uses.map(({ job }) => job.name), ...usersOfRoster(vendor)] };
  };
  const check = (vendor: Vendor, values: Parameters<typeof checkVendor>[1]) => {
    const found = checkVendor(envPrefix(vendor), values, askedBy(vendor), environment);
    const { missing, problems } = found;
    return isAsked(vendor) ? { ...found, problems: [...missing, ...problems], missing: [] } : found;
  };
  const checks = {
    pointsharp: check('pointsharp', pointsharp.values),
    superoffice: check('superoffice', superoffice.values),
  };
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
      again: () => readAgain(readAllDirectories, secrets)?.directories[index],
    })),
    download: download.download && {
      ...download.download,
      again: () => readAgain(readTheDownload, secrets)?.download,
    },
    associates: associates.associates,
    redis: redis.values,
    ops: ops.values,
    traces: otel.values,
    pointsharp: isWhole('pointsharp')
      ? vendorInEffect(pointsharp.values, {
          read: readPointsharp,
          files: filesOf(envPrefix('pointsharp'), pointsharpSettings, environment),
          secrets,
          noProxy,
        })
      : undefined,
    superoffice: isWhole('superoffice')
      ? vendorInEffect(superoffice.values, {
          read: readSuperoffice,
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

interface JobReading {
  readonly job: JobDeclaration;
  readonly config: JobConfig;
  readonly problems: readonly Problem[];
  readonly mismatches: readonly Problem[];
}

function readJob(job: CheckedJob, environment: Environment, now: DateTime): JobReading {
  const prefix = jobPrefix(job.name);
  const common = readGroup(prefix, commonJobSettings(job.defaults), environment);
  const policy = readGroup(prefix, job.policy, environment);
  const problems = [...common.problems, ...policy.problems];
  const { enabled, schedule, timeZone } = common.values;
  const mismatches =
    problems.length === 0 && enabled
      ? (job.check?.(policy.values, longestGapMs(schedule, timeZone, now)) ?? [])
      : [];
  const assumed = problems.length === 0 && enabled ? (job.assumptions?.(policy.values) ?? []) : [];
  const assumptions = assumed.map((assumption) => policyAssumption(job.name, assumption));
  return {
    job,
    config: { ...common.values, policy: policy.values, policyTexts: policy.texts, assumptions },
    problems,
    mismatches: mismatches.map((mismatch) => policyProblem(job.name, mismatch)),
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (part?.constructor === Object || Array.isArray(part)) deepFreeze(part);
  }
  return Object.freeze(value);
}
