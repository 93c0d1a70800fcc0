import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pointsharpReader } from '../../../../src/clients/pointsharp/client.ts';
import { type Reply, startServer } from '../../local-server.ts';
import { failureOf, fixture, pointsharpAt, session } from '../../vendors.ts';

const pem = (name: string) => readFileSync(fixture(name), 'utf8');
const keys: ServerOptions = { cert: pem('server.pem'), key: pem('server.key.pem') };
const inFlight = 16;
/** From an answer of some hundred bytes to one of many reads. */
const devicesOf = (user: number) =>
  Array.from({ length: 10 ** (user % 4) }, (_, place) => ({
    DeviceId: `${user}/${place}`,
    FriendlyName: String(user % 10).repeat(300),
  }));

/** Answers once all are waiting, in parts that take turns. */
function inTurns(): Reply {
  const waiting: (() => Promise<void>)[] = [];
  return ({ target }, response) => {
    const user = Number(new URL(target, 'http://host').searchParams.get('Username'));
    const body = JSON.stringify(devicesOf(user));
    response.writeHead(200, { 'content-type': 'application/json' });
    waiting.push(async () => {
      const part = Math.ceil(body.length / 20);
      for (let from = 0; from < body.length; from += part) {
        if (!response.write(body.slice(from, from + part))) await once(response, 'drain');
        await new Promise(setImmediate);
      }
      response.end();
    });
    if (waiting.length === inFlight) for (const answer of waiting.splice(0)) void answer();
  };
}

test.each([
  ['http', undefined],
  ['https', keys],
])('answers that come over many connections at once, in parts, do not get mixed up (%s)', async (_, tls) => {
  const server = await startServer(inTurns(), tls);
  const client = pointsharpReader(
    session(
      pointsharpAt(server.url, {
        requestsInFlight: inFlight,
        caFile: fileURLToPath(fixture('authority.pem')),
      }),
    ),
  );
  const users = Array.from({ length: inFlight * 2 }, (_unused, user) => user);
  const lists = await Promise.all(users.map((user) => client.listDevices({ username: String(user) })));
  const read = lists.map((devices) =>
    devices.map(({ id, friendlyName }) => ({ DeviceId: id, FriendlyName: friendlyName })),
  );
  expect(read).toEqual(users.map(devicesOf));
});

test.each([
  ['http', undefined],
  ['https', keys],
])(
  'a connection that is reset in the middle of an answer fails its call, and the next one finds another (%s)',
  async (_, tls) => {
    const sockets: Socket[] = [];
    const server = await startServer(
      (received, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        if (received.target.includes('kari')) response.end('[]');
        else response.write('[{"DeviceId":', () => sockets.at(-1)?.resetAndDestroy());
      },
      tls,
      (socket) => sockets.push(socket),
    );
    const client = pointsharpReader(
      session(pointsharpAt(server.url, { caFile: fileURLToPath(fixture('authority.pem')) })),
    );
    for (let round = 0; round < 5; round += 1) {
      const failure = await failureOf(client.listDevices({ username: 'ola' }));
      expect(failure).toMatchObject({ name: 'Unreachable', remedy: 'retry-batch' });
      expect(await client.listDevices({ username: 'kari' })).toEqual([]);
    }
  },
);
