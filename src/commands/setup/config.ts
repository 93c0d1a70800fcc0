import type { Logger } from 'pino';
import { usersOfSuperoffice } from '../../clients/superoffice/users-source.ts';
import type { VendorClients } from '../../clients/vendors.ts';
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
import { openArchiveClients } from './archive.ts';
import { logLines } from './log-lines.ts';

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
  const log = createLog(quiet ? 'warn' : config.logLevel, config.secrets, logLines(context[stream]));
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
      'Set CARETAKER_ROSTER to a CSV or NDJSON file with the users, to a directory, or to superoffice:.',
    );
  }
  return roster;
}

/** The settings that say where the users come from. */
export type RosterConfig = Pick<
  Config,
  'roster' | 'directories' | 'download' | 'associates' | 'superoffice' | 'rosterTimeout' | 'retryDelay'
>;

/** What a roster is opened with, where the command has it already. */
interface RosterTools {
  readonly signal?: AbortSignal | undefined;
  /** The connections to SuperOffice; left out, others are opened where they are needed. */
  readonly clients?: Pick<VendorClients, 'readers'>;
}

/**
 * Opens the roster of the configuration, under its deadlines.
 *
 * @throws UsageError when none is set, RosterError when it cannot be read, RosterInterrupted after the signal
 */
export async function openConfiguredRoster(
  context: Pick<CommandContext, 'input' | 'now'>,
  config: RosterConfig,
  { signal, clients }: RosterTools = {},
): Promise<Roster> {
  const { directories, download, associates, superoffice } = config;
  const users = { directories, download, roster: rosterPath(config) };
  const patience = { timeoutMs: config.rosterTimeout.toMillis(), signal };
  if (!associates || !superoffice) return openSource(users, context.input, patience);
  if (!clients) {
    const own = openArchiveClients(superoffice, context.now);
    try {
      return await openConfiguredRoster(context, config, { signal, clients: own });
    } finally {
      await own.destroy();
    }
  }
  const archive = {
    settings: associates,
    address: superoffice.url.href,
    read: usersOfSuperoffice((meter) => clients.readers(meter).superoffice(), config.retryDelay.toMillis()),
    now: context.now(),
  };
  return openSource({ ...users, archive }, context.input, patience);
}
