import * as kind from './kinds.ts';
import { type Settings, setting } from './setting.ts';

/** What configuration has to know of a job; the registry's jobs fit. */
export interface JobDeclaration {
  readonly name: string;
  readonly vendor: 'pointsharp' | 'superoffice';
  readonly policy: Settings;
  readonly defaults: { readonly schedule: string; readonly maxActions: number; readonly maxShare: number };
}

/** The prefix of a job's variables: `purge-windows` → `PURGE_WINDOWS_`. */
export function jobPrefix(name: string): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_`;
}

/** The settings that every job has beside its policy. */
export function commonJobSettings(defaults: JobDeclaration['defaults']) {
  return {
    enabled: setting(kind.flag, {
      doc: 'Whether the job is scheduled and may run.',
      fallback: 'true',
    }),
    schedule: setting(kind.schedule, {
      doc: 'When the job runs by itself.',
      fallback: defaults.schedule,
    }),
    timeZone: setting(kind.timeZone, {
      doc: 'Time zone of the schedule.',
      fallback: 'UTC',
    }),
    batchSize: setting(kind.integer(1, 5000), {
      doc: 'Users or actions in a batch: the unit of retry and resume.',
      fallback: '100',
    }),
    maxActions: setting(kind.integer(0), {
      doc: 'A run that plans more actions than this is stopped before its first write.',
      fallback: String(defaults.maxActions),
    }),
    maxShare: setting(kind.share, {
      doc: 'A run that would touch a larger share of the selected users than this is stopped before its first write.',
      fallback: String(defaults.maxShare),
    }),
  };
}
