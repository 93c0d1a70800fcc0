import { type PrivateRedis, startPrivateRedis } from '../../../simulators/redis/private-redis.ts';
import { type SimulatorOptions, type Simulators, startSimulators } from '../../../simulators/simulators.ts';
import { exitCodes } from '../../domain/exit-codes.ts';
import { errorCode, systemErrorText } from '../../domain/system-error.ts';
import type { CommandContext } from '../context.ts';
import { printLine } from '../terminal/output.ts';
import { UsageError } from '../usage-error.ts';

/** `caretaker simulate`: both vendors on this machine, and a Redis where one is wanted, until told to stop. */
export async function simulate(
  context: CommandContext,
  options: {
    readonly users: number;
    readonly seed: number;
    readonly pointsharpPort: number;
    readonly superofficePort: number;
    readonly controlPort: number;
    readonly redis?: boolean;
  },
): Promise<number> {
  const stopped = Promise.withResolvers<void>();
  const unlisten = context.onStopSignal(stopped.resolve);
  const simulators = await start(options);
  const redis = options.redis ? await startRedisBeside(simulators) : undefined;
  const { url: control } = simulators.control;
  for (const line of [
    `# Both vendors are simulated, with ${options.users} users. To use them:`,
    `export POINTSHARP_URL=${simulators.pointsharp.url}`,
    `export SUPEROFFICE_URL=${simulators.superoffice.url} SUPEROFFICE_USERNAME=caretaker SUPEROFFICE_PASSWORD=simulated`,
    `export REFRESH_TIMED_DEVICES_UNIT=days`,
    redis
      ? `export REDIS_URL=${redis.url}`
      : '# Runs need a Redis as well: export REDIS_URL=…, or simulate --redis',
    `export CARETAKER_ROSTER=roster.csv; curl -s ${control}roster.csv > roster.csv`,
    `# To see what they hold: curl -s ${control}facts`,
    `# Ctrl+C ends them.`,
  ]) {
    printLine(context, line);
  }
  await stopped.promise;
  unlisten();
  await redis?.stop();
  await simulators.close();
  return exitCodes.completed;
}

/** Without a program for it, the simulators end as well: nobody would be told. */
async function startRedisBeside(simulators: Simulators): Promise<PrivateRedis> {
  try {
    return await startPrivateRedis({ port: true });
  } catch (error) {
    await simulators.close();
    throw error;
  }
}

async function start(options: SimulatorOptions): Promise<Simulators> {
  try {
    return await startSimulators(options);
  } catch (error) {
    if (!(error instanceof Error && errorCode(error) !== undefined && 'port' in error)) throw error;
    throw new UsageError(
      `The simulators cannot listen on port ${error.port}: ${systemErrorText(error)}.`,
      'Choose other ports with --pointsharp-port, --superoffice-port and --control-port; 0 takes a free one.',
      { cause: error },
    );
  }
}
