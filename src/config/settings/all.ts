import { envPrefix } from '../../domain/vendor.ts';
import {
  associatesPrefix,
  associatesSettings,
  bareSettings,
  caretakerSettings,
  directoryPrefixes,
  directorySettings,
  downloadPrefix,
  downloadSettings,
  opsSettings,
  otelSettings,
  pointsharpSettings,
  redisSettings,
  superofficeSettings,
} from './groups.ts';
import { commonJobSettings, type JobDeclaration, jobPrefix } from './job.ts';
import { type Setting, type Settings, variableName } from './setting.ts';

/** A group of settings with its prefix and a title for people. */
interface Group {
  readonly title: string;
  readonly prefix: string;
  readonly settings: Settings;
  /** Variables of other programs begin like this too; one that is not known is no misspelling. */
  readonly isShared?: boolean;
}

/** Every group of settings there is. */
export function settingGroups(jobs: readonly JobDeclaration[]): Group[] {
  return [
    { title: 'Everything', prefix: '', settings: bareSettings, isShared: true },
    { title: 'Redis', prefix: 'REDIS_', settings: redisSettings, isShared: true },
    { title: 'All jobs', prefix: 'CARETAKER_', settings: caretakerSettings },
    ...directoryPrefixes.map((prefix, index) => ({
      title: `Directory ${index + 1} of the roster`,
      prefix,
      settings: directorySettings,
    })),
    { title: 'Roster from a web server', prefix: downloadPrefix, settings: downloadSettings },
    { title: 'Roster from SuperOffice', prefix: associatesPrefix, settings: associatesSettings },
    { title: 'Pointsharp ID', prefix: envPrefix('pointsharp'), settings: pointsharpSettings },
    { title: 'SuperOffice', prefix: envPrefix('superoffice'), settings: superofficeSettings },
    { title: 'Probes, metrics, console', prefix: 'OPS_', settings: opsSettings },
    { title: 'Traces', prefix: 'OTEL_', settings: otelSettings, isShared: true },
    ...jobs.map((job) => ({
      title: `Job ${job.name}`,
      prefix: jobPrefix(job.name),
      settings: { ...commonJobSettings(job.defaults), ...job.policy },
    })),
  ];
}

/** Every variable there is, with its setting. */
export function allVariables(jobs: readonly JobDeclaration[]): [name: string, setting: Setting<unknown>][] {
  return settingGroups(jobs).flatMap(({ prefix, settings }) =>
    Object.entries(settings).map(([key, setting]): [string, Setting<unknown>] => [
      variableName(prefix, key),
      setting,
    ]),
  );
}
