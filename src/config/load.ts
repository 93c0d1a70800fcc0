import type { DateTime } from 'luxon';
import { envPrefix } from '../domain/vendor.ts';
import { redactor } from '../security/redact.ts';
import { readAssociates } from './associates.ts';
import type { Config, JobConfig } from './config.ts';
import { readDirectories } from './directories.ts';
import { readDownload } from './download.ts';
import { ConfigError } from './errors.ts';
import { proxyWarnings } from './proxy.ts';
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
import { unknownVariables } from './unknown.ts';
import { checkVendor } from './vendor-checks.ts';
import { filesOf, vendorInEffect } from './vendor-in-effect.ts';

/** A job that can check whether its policy fits its schedule. */
export interface CheckedJob extends JobDeclaration {
  check?(policy: ValuesOf<Settings>, gapMs: number): readonly Mismatch[];
  assumptions?(policy: ValuesOf<Settings>): readonly Assumption[];
}

/**
 * Reads the whole configuration from the environment.
 *
 * @param now the time from which schedules are looked at
 * @throws ConfigError naming every wrong or unknown variable at once
 */
export function loadConfig(environment: Environment, jobs: readonly CheckedJob[], now: DateTime): Config {
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
  const directories = readDirectories(associates.users, environment, associates.rule);
  const download = readDownload(associates.users, environment);
  const ops = readGroup('OPS_', opsSettings, environment);
  const otel = readGroup('OTEL_', otelSettings, environment);
  const readings = jobs.map((job) => readJob(job, environment, now));
  const users = (vendor: JobDeclaration['vendor']) =>
    readings
      .filter(({ job, config }) => job.vendor === vendor && config.enabled !== false)
      .map(({ job }) => job.name);

  const vendorChecks = [
    checkVendor(envPrefix('pointsharp'), pointsharp.values, users('pointsharp'), environment),
    checkVendor(
      envPrefix('superoffice'),
      superoffice.values,
      [...users('superoffice'), ...associates.usedBy],
      environment,
    ),
  ];
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

  const noProxy = bare.values.noProxy ?? environment.no_proxy;
  const config = deepFreeze({
    ...bare.values,
    ...caretaker.values,
    directories: directories.directories,
    download: download.download,
    associates: associates.associates,
    redis: redis.values,
    ops: ops.values,
    traces: otel.values,
    pointsharp: vendorInEffect(pointsharp.values, {
      read: readPointsharp,
      files: filesOf(envPrefix('pointsharp'), pointsharpSettings, environment),
      secrets,
      noProxy,
    }),
    superoffice: vendorInEffect(superoffice.values, {
      read: readSuperoffice,
      files: filesOf(envPrefix('superoffice'), superofficeSettings, environment),
      secrets,
      noProxy,
    }),
    jobs: Object.fromEntries(readings.map(({ job, config }) => [job.name, config])),
    warnings: [
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
