import type { Logger } from 'pino';
import type { Config, Mode } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { problemLine } from '../../config/settings/problem.ts';
import type { Vendor } from '../../domain/vendor.ts';
import { jobNames, jobs } from '../../jobs/index.ts';
import { createLog } from '../../log.ts';
import type { Roster } from '../../roster/roster.ts';
import { openSource } from '../../roster/sources/open-source.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The configuration, from the environment.
 *
 * @param asked the vendors that the command asks, or those of every job that is switched on
 * @throws ConfigError naming every variable that is wrong, or missing for what the command asks
 */
export function readConfig(context: CommandContext, asked: readonly Vendor[] | 'enabled jobs'): Config {
  return loadConfig(context.environment, jobs, context.now(), asked === 'enabled jobs' ? undefined : asked);
}

/** The log, on the stream that fits the command, with the warnings of the configuration first. */
export function startLog(context: CommandContext, config: Config, stream: 'output' | 'errors'): Logger {
  // On a terminal the progress is shown; what is ordinary would bury it.
  const quiet = stream === 'errors' && context.errors.isTTY && !context.environment.LOG_LEVEL;
  const log = createLog(quiet ? 'warn' : config.logLevel, config.secrets, context[stream]);
  for (const warning of config.warnings) log.warn({ warning: problemLine(warning) }, 'configuration warning');
  return log;
}

/** Warns of what runs of these jobs take for granted in this mode. */
export function warnOfAssumptions(
  log: Logger,
  { jobs: settings }: Config,
  mode: Mode,
  names = jobNames,
): void {
  if (mode !== 'enforce') return;
  for (const warning of names.flatMap((name) => settings[name]?.assumptions ?? [])) {
    log.warn({ warning: problemLine(warning) }, 'configuration warning');
  }
}

/** @throws UsageError when no roster is set */
export function rosterPath({ roster }: Pick<Config, 'roster'>): string {
  if (roster === undefined) {
    throw new UsageError(
      'No roster is set.',
      'Set CARETAKER_ROSTER to a CSV or NDJSON file with the users, or to a directory.',
    );
  }
  return roster;
}

/**
 * Opens the roster of the configuration, under its deadlines.
 *
 * @throws UsageError when none is set, RosterError when it cannot be read, RosterInterrupted after the signal
 */
export function openConfiguredRoster(
  { input }: Pick<CommandContext, 'input'>,
  config: Pick<Config, 'roster' | 'directories' | 'download' | 'rosterTimeout'>,
  signal?: AbortSignal,
): Promise<Roster> {
  return openSource({ ...config, roster: rosterPath(config) }, input, {
    timeoutMs: config.rosterTimeout.toMillis(),
    signal,
  });
}
