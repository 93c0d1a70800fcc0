import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { rosterCsv } from '../../../simulators/people/roster.ts';
import { startPrivateRedis } from '../../../simulators/redis/private-redis.ts';
import { startWatchdog } from '../../../simulators/redis/watchdog.ts';
import { type Simulators, startSimulators } from '../../../simulators/simulators.ts';
import { loadConfig } from '../../config/load.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { errorCode, systemErrorText } from '../../domain/system-error.ts';
import { jobNames, jobs } from '../../jobs/index.ts';
import { openQueues, type Queues } from '../../queue/queues.ts';
import { foundSchedules } from '../../queue/schedules/schedules.ts';
import type { CommandContext } from '../context.ts';
import { style } from '../terminal/output.ts';
import { startWorkerProcess } from './worker-process.ts';

const users = 2000;
const lookEveryMs = 20;

type Closer = () => Promise<unknown>;

/** How the demo is to go. */
export interface Performance {
  readonly quiet: boolean;
  /** What ends what was begun, the newest first. */
  readonly closers: Closer[];
  /** Aborted by an interruption. */
  readonly signal: AbortSignal;
  /** Waits for a part of the demo, or throws as soon as it is interrupted. */
  readonly unlessInterrupted: <Result>(part: Promise<Result>) => Promise<Result>;
}

/** Sets up what the demo plays with. Each part is there whole, with what ends it, before an interruption counts. */
export async function setUp(
  context: CommandContext,
  { closers, signal, unlessInterrupted }: Performance,
  tell: (line: string) => void,
) {
  const folder = await inTemporaryFolder(() => mkdtemp(join(tmpdir(), 'caretaker-demo-')));
  const watchdog = startWatchdog(folder);
  closers.unshift(() => watchdog.dismiss());
  const redis = await startPrivateRedis();
  closers.unshift(() => redis.stop());
  const simulators = await startSimulators({ users, now: context.now().toMillis() });
  closers.unshift(() => simulators.close());
  signal.throwIfAborted();
  tell(style(context, 'bold', 'device-caretaker demo'));
  tell(
    `Pointsharp ID and SuperOffice are SIMULATED on this machine, with ${users} users. Nothing real is touched.`,
  );

  const roster = join(folder, 'roster.csv');
  await inTemporaryFolder(() => writeFile(roster, [...rosterCsv(simulators.people)].join('')));
  const environment = demoEnvironment(simulators, redis.url, roster);
  const config = loadConfig(environment, jobs, context.now());
  const queues = openQueues(config);
  closers.unshift(() => queues.close());
  // What is closed while it connects fails where nobody hears of it.
  await queues.redis.ping();
  signal.throwIfAborted();
  // What this machine has set for the real systems stays out of it.
  const { PATH } = context.environment;
  const worker = await startWorkerProcess({ PATH, ...environment }, join(folder, 'worker.log'));
  watchdog.guard(worker.pid);
  closers.unshift(() => worker.stop());
  await unlessInterrupted(worker.unlessEnded(waitUntilReady(queues)));
  tell(`A worker process is running, with ${jobNames.length} schedules. Each job now runs once in enforce.`);
  tell('');
  return { simulators, queues, config, worker };
}

function demoEnvironment(simulators: Simulators, redisUrl: string, roster: string) {
  // The simulators take more than a real server that also signs people in; the default limits would take minutes.
  const fast = { REQUESTS_IN_FLIGHT: '16', REQUESTS_PER_SECOND: '0' };
  const prefixed = (prefix: string, values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]));
  return {
    REDIS_URL: redisUrl,
    CARETAKER_MODE: 'enforce',
    CARETAKER_ROSTER: roster,
    ...prefixed('POINTSHARP', { URL: simulators.pointsharp.url, ...fast }),
    ...prefixed('SUPEROFFICE', { URL: simulators.superoffice.url, USERNAME: 'caretaker', ...fast }),
    SUPEROFFICE_PASSWORD: 'simulated',
    REFRESH_TIMED_DEVICES_UNIT: 'days',
  };
}

/** What the demo keeps for as long as it runs cannot be kept. */
class NoTemporaryFolder extends OperatorError {
  override readonly name = 'NoTemporaryFolder';

  constructor(cause: unknown) {
    super({
      problem: `The temporary folder ${tmpdir()} does not take what the demo keeps there: ${systemErrorText(cause)}.`,
      advice: 'Make room there, or name another folder with TMPDIR.',
      cause,
    });
  }
}

/** Keeps something for as long as the demo runs. @throws NoTemporaryFolder when the temporary folder does not take it */
async function inTemporaryFolder<Result>(keep: () => Promise<Result>): Promise<Result> {
  try {
    return await keep();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new NoTemporaryFolder(error);
  }
}

async function waitUntilReady({ runs }: Queues): Promise<void> {
  const isUp = async () =>
    (await foundSchedules(runs)).length === jobNames.length && (await runs.getWorkersCount()) > 0;
  while (!(await isUp())) await delay(lookEveryMs);
}
