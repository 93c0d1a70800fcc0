import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { findRedisServer } from '../../../simulators/redis/find.ts';
import { installCommands } from '../../../simulators/redis/install.ts';
import { type PrivateRedisOptions, startPrivateRedis } from '../../../simulators/redis/private-redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'redis-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function startRedis(options: PrivateRedisOptions = {}) {
  const redis = await startPrivateRedis(options);
  onTestFinished(() => redis.stop());
  return redis;
}

/** One command over a connection of its own. */
async function ask(address: string, ...[command, ...args]: [string, ...string[]]): Promise<unknown> {
  const client = new Redis(address);
  try {
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a private Redis', () => {
  it('a private Redis answers on its socket as soon as it is started, drops no keys and listens on no port', async () => {
    const redis = await startRedis();
    expect(redis.url).toBe(`unix://${redis.socketPath}`);
    expect(await ask(redis.socketPath, 'PING')).toBe('PONG');
    expect(await ask(redis.socketPath, 'CONFIG', 'GET', 'maxmemory-policy')).toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
    expect(await ask(redis.socketPath, 'CONFIG', 'GET', 'port')).toEqual(['port', '0']);
    expect(await ask(redis.socketPath, 'CONFIG', 'GET', 'save')).toEqual(['save', '']);
  });

  it('a private Redis listens on a free port of 127.0.0.1 when asked', async () => {
    const [one, two] = await Promise.all([startRedis({ port: true }), startRedis({ port: true })]);
    expect(one.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
    expect(two.url).not.toBe(one.url);
    expect(await ask(one.url, 'PING')).toBe('PONG');
  });

  it.each([
    ['keeps', true, 'yes'],
    ['loses', false, null],
  ])(
    'a private Redis %s its data over kill and restart with appendOnly = %s',
    async (_, appendOnly, found) => {
      const redis = await startRedis({ appendOnly });
      const { pid } = redis;
      await ask(redis.socketPath, 'SET', 'there', 'yes');
      await redis.kill('SIGKILL');
      expect(runs(pid)).toBe(false);
      await redis.restart();
      expect(redis.pid).not.toBe(pid);
      expect(await ask(redis.socketPath, 'GET', 'there')).toBe(found);
    },
  );

  it('a private Redis restarts a server that still runs, and goes on after a pause', async () => {
    const redis = await startRedis();
    const { pid } = redis;
    await redis.kill('SIGSTOP');
    await redis.kill('SIGCONT');
    expect(await ask(redis.socketPath, 'PING')).toBe('PONG');
    await redis.restart();
    expect(runs(pid)).toBe(false);
    expect(await ask(redis.socketPath, 'PING')).toBe('PONG');
  });

  it('a private Redis leaves no process and no folder behind, and can be stopped twice, even while it is frozen', async () => {
    const redis = await startRedis({ appendOnly: true });
    await redis.kill('SIGSTOP');
    await redis.stop();
    await redis.stop();
    expect(runs(redis.pid)).toBe(false);
    expect(existsSync(dirname(redis.socketPath))).toBe(false);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'a private Redis does not outlive a starter that ends by %s',
    async (signal) => {
      const script = `
      import { startPrivateRedis } from ${JSON.stringify(new URL('../../../simulators/redis/private-redis.ts', import.meta.url).href)};
      const redis = await startPrivateRedis();
      process.stdout.write(redis.socketPath + '\\n');
      setInterval(() => {}, 60_000);
    `;
      const starter = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [socketPath] = await once(createInterface(starter.stdout), 'line');
      expect(await ask(String(socketPath), 'PING')).toBe('PONG');
      starter.kill(signal);
      // The folder goes last, after the server.
      await vi.waitUntil(() => !existsSync(dirname(String(socketPath))), { timeout: 10_000, interval: 5 });
      await expect(connects(String(socketPath))).resolves.toBe(false);
    },
  );

  it('a private Redis says why a server does not start', async () => {
    const broken = join(folder, 'broken-server');
    writeFileSync(broken, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    vi.stubEnv('REDIS_SERVER', broken);
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(startPrivateRedis()).rejects.toThrow(`${broken} did not start`);
  });
});

async function connects(socketPath: string): Promise<boolean> {
  const client = new Redis(socketPath, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  const connected = await client.connect().then(
    () => true,
    () => false,
  );
  client.disconnect();
  return connected;
}

describe('the search for a Redis server', () => {
  function addProgram(name: string, mode = 0o755): string {
    const path = join(mkdtempSync(join(folder, 'bin-')), name);
    writeFileSync(path, '#!/bin/sh\n', { mode });
    return path;
  }

  it('the search for a Redis server takes what REDIS_SERVER names before anything else', () => {
    const [own, other] = [addProgram('my-redis'), addProgram('redis-server')];
    expect(findRedisServer({ REDIS_SERVER: own, PATH: dirname(other) }, [])).toBe(own);
  });

  it('the search for a Redis server refuses a REDIS_SERVER that cannot be run rather than taking another', () => {
    const other = addProgram('redis-server');
    expect(() => findRedisServer({ REDIS_SERVER: '/none', PATH: dirname(other) }, [])).toThrow(
      /REDIS_SERVER names/,
    );
    expect(() => findRedisServer({ REDIS_SERVER: folder }, [])).toThrow(/not an executable program/);
  });

  it('takes Redis or Valkey from PATH, then from the common folders', () => {
    const [redis, valkey] = [addProgram('redis-server'), addProgram('valkey-server')];
    expect(findRedisServer({ PATH: `/none:${dirname(valkey)}` }, [dirname(redis)])).toBe(valkey);
    expect(findRedisServer({}, [dirname(redis)])).toBe(redis);
    expect(findRedisServer({ PATH: '' }, [dirname(addProgram('redis-server', 0o644))])).toBeUndefined();
  });
});

describe('the installation of a Redis server', () => {
  it.each([
    ['as root', true, false, 'apt-get', true, 'apt-get update'],
    ['by sudo without a password', false, true, 'apt-get', true, 'sudo -n apt-get update'],
    ['only by a person where sudo asks', false, false, 'apt-get', false, 'sudo apt-get update'],
    ['as root with dnf', true, false, 'dnf', true, 'dnf install -y redis'],
    ['as root with apk', true, false, 'apk', true, 'apk add redis'],
    ['without sudo by Homebrew', false, true, 'brew', true, 'brew install redis'],
  ])('the installation of a Redis server works %s', (_, isRoot, hasSudo, manager, mayRun, first) => {
    const install = installCommands({ isRoot, hasSudo, hasProgram: (name) => name === manager });
    expect(install?.mayRun).toBe(mayRun);
    expect(install?.commands[0]?.join(' ')).toBe(first);
  });

  it('the installation of a Redis server is not tried without a package manager', () => {
    expect(installCommands({ isRoot: true, hasSudo: false, hasProgram: () => false })).toBeUndefined();
  });

  it('the installation of a Redis server says what to do, and fails, where nothing can be found or installed', () => {
    const script = new URL('../../../simulators/redis/ensure.ts', import.meta.url).pathname;
    const env = { PATH: '', REDIS_SERVER: '/none' };
    const { status, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'REDIS_SERVER names /none, which is not an executable program. Correct it or unset it.\n',
    );
  });

  it('the installation of a Redis server is not needed where there is one, and then nothing is said', () => {
    const script = new URL('../../../simulators/redis/ensure.ts', import.meta.url).pathname;
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });
});
