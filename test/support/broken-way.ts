import { mkdtempSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A way to Redis that breaks once, after a command with this text was done and before its reply is there. */
export async function breakAfter(socketPath: string, text: string) {
  let isArmed = false;
  let broken = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const redis = createConnection(socketPath);
    let isMute = false;
    for (const one of [client, redis]) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => sockets.delete(one));
    }
    client.on('data', (data) => {
      if (isArmed && data.includes(text)) {
        isArmed = false;
        isMute = true;
        broken += 1;
        // Its reply says that Redis has done it.
        redis.once('data', () => {
          client.destroy();
          redis.destroy();
        });
      }
      redis.write(data);
    });
    redis.on('data', (data) => {
      if (!isMute) client.write(data);
    });
    client.on('close', () => redis.destroy());
    redis.on('close', () => client.destroy());
  });
  const path = join(mkdtempSync(join(tmpdir(), 'way-')), 's');
  await new Promise<void>((done) => server.listen(path, done));
  onTestFinished(() => {
    for (const one of sockets) one.destroy();
    server.close();
  });
  return {
    url: `unix://${path}`,
    arm: () => {
      isArmed = true;
    },
    broken: () => broken,
  };
}
