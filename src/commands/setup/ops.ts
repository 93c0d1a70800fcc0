import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { readVersion } from '../../domain/version.ts';
import type { OpsServer, Site } from '../../ops/server.ts';
import type { CommandContext } from '../context.ts';

/**
 * Opens the server of probes, metrics and console; undefined when no port is set. Nothing of it is loaded then.
 *
 * @throws OperatorError when it cannot listen there
 */
export async function openOpsIfSet(
  context: CommandContext,
  config: Config,
  log: Logger,
): Promise<OpsServer | undefined> {
  if (config.ops.port === undefined) return undefined;
  const { openOps } = await import('../../ops/server.ts');
  // Without a secret there is no console, and nothing of it is loaded.
  const site = config.ops.consoleSecret ? await consoleAt(context) : undefined;
  return openOps({ config, log, name: context.name, ...(site ? { site } : {}) });
}

async function consoleAt(context: CommandContext): Promise<Site> {
  const { registerConsole } = await import('../../ops/console/index.ts');
  const { environment, now, input, name } = context;
  const versions = { program: readVersion(), node: process.versions.node };
  const examine = async () => {
    const doctor = await import('../../ops/doctor/doctor.ts');
    return doctor.examine({ environment, now, input, name, ...versions });
  };
  return (app, worker) => registerConsole(app, worker, { examine });
}

/** The same for a command whose work matters more than that somebody can look on: what goes wrong is a warning. */
export async function openOpsIfPossible(
  context: CommandContext,
  config: Config,
  log: Logger,
): Promise<OpsServer | undefined> {
  try {
    return await openOpsIfSet(context, config, log);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    log.warn({ reason: error.message }, 'no probes and metrics');
    return undefined;
  }
}
