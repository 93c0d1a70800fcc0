import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { parseInfo } from '../../src/redis/info.ts';

test('the output of INFO is read with either line end, past its headings and other fields', () => {
  for (const lineEnd of ['\n', '\r\n']) {
    const output = [
      '# Server',
      'redis_version:7.4.1-rc1',
      'executable:/usr/bin/redis:7',
      '',
      '# Memory',
      'used_memory:2048',
      'used_memory_human:2.00K',
      'maxmemory:4096',
      'maxmemory_policy:noeviction',
      'aof_enabled:1',
      'role:master',
      'cluster_enabled:0',
      '',
    ].join(lineEnd);
    expect(parseInfo(output)).toEqual({
      version: '7.4.1-rc1',
      role: 'master',
      maxmemoryPolicy: 'noeviction',
      hasAppendOnlyFile: true,
      isClusterNode: false,
      usedBytes: 2048,
      maxBytes: 4096,
    });
  }
});

test('what INFO does not tell is undefined, and its memory 0', () => {
  expect(parseInfo('# Server\r\n')).toEqual({
    version: undefined,
    role: undefined,
    maxmemoryPolicy: undefined,
    hasAppendOnlyFile: undefined,
    isClusterNode: undefined,
    usedBytes: 0,
    maxBytes: 0,
  });
});

test('INFO of a real Redis is read whole', async () => {
  const redis = await startPrivateRedis();
  onTestFinished(() => redis.stop());
  const client = new Redis(redis.socketPath);
  onTestFinished(() => client.disconnect());
  const info = parseInfo(await client.info());
  expect(info).toMatchObject({ role: 'master', isClusterNode: false, hasAppendOnlyFile: false });
  expect(info.version).toMatch(/^\d+\.\d+/);
  expect(info.usedBytes).toBeGreaterThan(0);
});
