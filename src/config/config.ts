import type { Duration } from 'luxon';
import type { Schedule } from './kinds/time.ts';
import type { RedisConfig } from './redis.ts';
import type { AssociatesConfig } from './roster/associates.ts';
import type { DirectoryConfig } from './roster/directories.ts';
import type { DownloadConfig } from './roster/download.ts';
import type { caretakerSettings, otelSettings } from './settings/groups.ts';
import type { Problem } from './settings/problem.ts';
import type { Settings, SettingTexts, ValuesOf } from './settings/setting.ts';
import type { PointsharpConfig, SuperofficeConfig } from './vendors/vendors.ts';

export type Mode = 'observe' | 'enforce';
export type Verify = 'canary' | 'all' | 'none';

/** An ending of a run, or the severity of a finding, that makes the exit code of a command other than 0. */
export type FailOn = ValuesOf<typeof caretakerSettings>['failOn'][number];

/** What the operator set for one job. */
export interface JobConfig {
  readonly enabled: boolean;
  readonly schedule: Schedule;
  readonly timeZone: string;
  readonly batchSize: number;
  readonly maxActions: number;
  readonly maxShare: number;
  readonly growthFactor: number;
  readonly shrinkFactor: number;
  readonly maxUnreadable: number;
  readonly history: number;
  readonly verify: Verify;
  readonly catchUp: Duration;
  readonly holdOn: readonly ('max-actions' | 'max-share' | 'growth' | 'shrink' | 'unreadable')[];
  /** The policy, read and with its defaults; the type of its values is known to the job alone. */
  readonly policy: ValuesOf<Settings>;
  /** The policy as it was written; a run carries it, so that all its batches decide alike. */
  readonly policyTexts: SettingTexts;
  /** What a run in enforce takes for granted because the policy does not say it. */
  readonly assumptions: readonly Problem[];
}

/** The server of probes, metrics and console. */
export interface OpsConfig {
  /** 0 takes a free one; without one there is no such server. */
  readonly port: number | undefined;
  readonly host: string;
  /** Without one there is no console. */
  readonly consoleSecret: string | undefined;
  readonly queuesWritable: boolean;
}

/** Where traces go, as OpenTelemetry names it. */
export type TracesConfig = ValuesOf<typeof otelSettings>;

/** The whole configuration: typed, frozen, right. */
export interface Config {
  readonly redis: RedisConfig;
  readonly ops: OpsConfig;
  readonly traces: TracesConfig;
  readonly logLevel: string;
  readonly mode: Mode;
  /** Of every time that people read. */
  readonly timeZone: string;
  readonly prefix: string;
  readonly roster: string | undefined;
  /** The directories that the roster is read from; none where it is a file. */
  readonly directories: readonly DirectoryConfig[];
  /** The web server that gives it; undefined where none does. */
  readonly download: DownloadConfig | undefined;
  /** The users of SuperOffice, alone or joined with another source; undefined where they are no part of the roster. */
  readonly associates: AssociatesConfig | undefined;
  readonly rosterTimeout: Duration;
  readonly rosterMaxAge: Duration | undefined;
  readonly drainTimeout: Duration;
  readonly batchAttempts: number;
  readonly retryDelay: Duration;
  readonly lockDuration: Duration;
  readonly holdFor: Duration;
  readonly planMaxAge: Duration;
  readonly outagePatience: Duration;
  readonly failOn: readonly FailOn[];
  readonly keepRuns: number;
  readonly keepRunsFor: Duration;
  /** Of each severity, of the last audit. */
  readonly keepFindings: number;
  /** Actions, of each run that only observed. */
  readonly keepPlanned: number;
  readonly keepHistory: number;
  readonly keepHistoryFor: Duration;
  /** Undefined when it is not set, or a part of it is missing, and this command does without it. */
  readonly pointsharp: PointsharpConfig | undefined;
  readonly superoffice: SuperofficeConfig | undefined;
  readonly jobs: Readonly<Record<string, JobConfig>>;
  /** Every secret's value, to be kept out of every output. It grows when a file of secrets is read again. */
  readonly secrets: readonly string[];
  /** What enabled jobs need of the vendors that this command does without. */
  readonly missing: readonly Problem[];
  /** What works but needs attention. */
  readonly warnings: readonly Problem[];
}
