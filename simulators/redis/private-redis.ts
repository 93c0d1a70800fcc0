import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findRedisServer } from './find.ts';
import { freePort } from './free-port.ts';
import { startWatchdog } from './watchdog.ts';

/** How a private Redis is to be. */
export interface PrivateRedisOptions {
  /** Keep the data over `restart()`; without it a restart begins empty, like a failover that lost everything. */
  readonly appendOnly?: boolean;
  /** Listen on a TCP port of 127.0.0.1 beside the socket, a free one for `true`, and name that in `url`. */
  readonly port?: boolean | number;
  /** Further settings of the server, or others than ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Be a Sentinel with these lines of configuration, instead of a server with data. */
  readonly sentinel?: string;
}

/** A Redis of one's own, for tests and the demo: on a Unix socket in a private folder, gone when its starter is gone. */
export interface PrivateRedis {
  /** `unix:///path/to/redis.sock`, or `redis://127.0.0.1:PORT` when a port was asked for. */
  readonly url: string;
  readonly socketPath: string;
  /** Process id of the server that runs now. */
  readonly pid: number;
  /** Sends a signal; waits until the server is gone, except for SIGSTOP and SIGCONT, which end nothing. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the server again at the same address, ending the running one first. */
  restart(): Promise<void>;
  /** Ends the server and removes its folder. Can be called twice. */
  stop(): Promise<void>;
}

const startTimeoutMs = 20_000;
const pingIntervalMs = 5;
const socketName = 'redis.sock';
const logName = 'redis.log';
const sentinelConfigName = 'sentinel.conf';

/**
 * Starts a private Redis or Valkey and waits until it answers PING.
 *
 * @throws Error when no server program is found, or when it does not start; the message says what to do.
 */
export async function startPrivateRedis(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  const program = wantedServer();
  const folder = await mkdtemp(join(shortTemporaryFolder(), 'caretaker-redis-'));
  const watchdog = startWatchdog(folder);
  const socketPath = join(folder, socketName);
  const port = options.port === true ? await freePort() : options.port || 0;
  const mode = options.sentinel === undefined ? [] : [join(folder, sentinelConfigName), '--sentinel'];
  if (options.sentinel !== undefined) await writeFile(join(folder, sentinelConfigName), options.sentinel);
  let server: ChildProcess;

  async function start(): Promise<void> {
    server = spawn(program, [...mode, ...serverArguments(folder, port, options)], {
      // A group of its own: Ctrl+C in the terminal is for the starter, which may still need its Redis to finish.
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, LC_ALL: 'C' },
    });
    await once(server, 'spawn');
    watchdog.guard(server.pid);
    server.unref();
    await answersPing(server, folder);
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (hasEnded(server)) return;
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') {
      server.kill(signal);
      return;
    }
    server.ref();
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
    watchdog.guard(undefined);
  }

  async function stop(): Promise<void> {
    await kill();
    await watchdog.dismiss();
  }

  try {
    await start();
  } catch (error) {
    await watchdog.dismiss();
    throw error;
  }
  return {
    url: port ? `redis://127.0.0.1:${port}` : `unix://${socketPath}`,
    socketPath,
    get pid() {
      return server.pid ?? 0;
    },
    kill,
    stop,
    async restart() {
      await kill();
      await start();
    },
  };
}

function wantedServer(): string {
  const program = findRedisServer();
  if (program) return program;
  throw new Error(
    'No redis-server or valkey-server was found. Install one (apt-get install redis-server, brew install redis) or set REDIS_SERVER to its path.',
  );
}

function serverArguments(
  folder: string,
  port: number,
  { appendOnly = false, settings: more = {} }: PrivateRedisOptions,
): string[] {
  const settings = {
    dir: folder,
    port: String(port),
    bind: '127.0.0.1',
    unixsocket: join(folder, socketName),
    unixsocketperm: '700',
    logfile: join(folder, logName),
    save: '',
    appendonly: appendOnly ? 'yes' : 'no',
    // What BullMQ demands: a full Redis must refuse writes, never drop keys.
    'maxmemory-policy': 'noeviction',
    ...more,
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

/** A socket's path may hold about 100 bytes; the temporary folder of some systems alone comes near it. */
function shortTemporaryFolder(): string {
  return Buffer.byteLength(tmpdir()) > 60 ? '/tmp' : tmpdir();
}

/** Asks until the server says PONG: not before it has read its data. */
async function answersPing(server: ChildProcess, folder: string): Promise<void> {
  const giveUpAt = performance.now() + startTimeoutMs;
  while (!(await ping(join(folder, socketName)))) {
    if (!hasEnded(server) && performance.now() < giveUpAt) {
      await delay(pingIntervalMs);
      continue;
    }
    server.kill('SIGKILL');
    const log = await readFile(join(folder, logName), 'utf8').catch(() => '');
    throw new Error(`${server.spawnfile} did not start. The end of its log:\n${log.trim().slice(-1000)}`);
  }
}

function ping(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath, () => socket.write('PING\r\n'));
    socket.once('data', (reply) => {
      resolve(reply.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

function hasEnded(process: ChildProcess): boolean {
  return process.exitCode !== null || process.signalCode !== null;
}
