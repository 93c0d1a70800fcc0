import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { limitConnections } from '../../src/ops/connections.ts';

/** A server that lets three in at once and answers only when told to. */
async function openServer() {
  const waiting: ServerResponse[] = [];
  const server = createServer((_request, response) => void waiting.push(response));
  limitConnections(server, 3);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  async function enter(): Promise<Socket> {
    const accepted = once(server, 'connection');
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await accepted;
    return socket;
  }
  async function send(socket: Socket): Promise<ServerResponse | undefined> {
    const received = once(server, 'request');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await received;
    return waiting.at(-1);
  }
  return { enter, send };
}

test('the oldest connection that says nothing makes room for one too many, which is answered', async () => {
  const { enter, send } = await openServer();
  const first = await enter();
  const second = await enter();
  await enter();
  const busy = send(first);
  await busy;
  const leaving = once(second, 'close');
  const fourth = await enter();
  await leaving;
  expect(first.destroyed).toBe(false);
  const answered = once(fourth, 'data');
  (await send(fourth))?.end('yes');
  expect(String((await answered)[0])).toContain('200 OK');
});

test('a connection that was answered waits again, and is closed before one that is being answered', async () => {
  const { enter, send } = await openServer();
  const first = await enter();
  const answered = once(first, 'data');
  (await send(first))?.end('yes');
  await answered;
  const second = await enter();
  const third = await enter();
  await send(second);
  await send(third);
  const leaving = once(first, 'close');
  await enter();
  await leaving;
  expect([second.destroyed, third.destroyed]).toEqual([false, false]);
});

test('when all connections are being answered, the oldest is closed', async () => {
  const { enter, send } = await openServer();
  const all = [await enter(), await enter(), await enter()];
  for (const socket of all) await send(socket);
  const leaving = all[0] && once(all[0], 'close');
  await enter();
  await leaving;
  expect(all.slice(1).map(({ destroyed }) => destroyed)).toEqual([false, false]);
});
