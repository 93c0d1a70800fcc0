import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Simulators } from '../../simulators/simulators.ts';
import { isDue } from './due.ts';

/** What a sender may do at Pointsharp at this moment. */
export interface Permission {
  readonly purge: boolean;
  readonly refresh: boolean;
}

/** Stands before Pointsharp and judges each write as it passes. */
export interface Witness {
  readonly url: string;
  /** Writes that passed so far. */
  written(): number;
  /**
   * Refreshes of a device that had been refreshed a moment before: its answer was lost, or whoever asked was killed. They are
   * in the count of writes, and have to be in the reports as repeated.
   */
  seenTwice(): number;
  /** What passed that should not have, the first of it. */
  readonly objections: readonly string[];
  close(): void;
}

const hourMs = 3_600_000;
/** A device may be refreshed by a worker whose clock is as wrong as is still borne. */
const toleranceMs = 0.1 * hourMs;
/** A write is tried again within a moment, or its batch by another worker once a lock has run out. */
const againMs = 60_000;
const objectionsKept = 20;

/**
 * Starts a witness. Who sends a request is told by the name it signs in with; what he may do is asked when the request
 * arrives.
 */
export async function startWitness(
  simulators: Simulators,
  mayDo: (sender: string) => Permission,
): Promise<Witness> {
  const target = new URL(simulators.pointsharp.url);
  const objections: string[] = [];
  /** When a device was last refreshed because it was due. */
  const called = new Map<string, number>();
  let seenTwice = 0;
  let written = 0;

  function judge({ method = '', url = '', headers }: IncomingMessage, body: string): string | undefined {
    const [, encoded = ''] = headers.authorization?.split(' ') ?? [];
    const sender = Buffer.from(encoded, 'base64').toString().split(':')[0] ?? '';
    const may = mayDo(sender);
    const { pathname, searchParams } = new URL(url, target);
    const operation = `${method} ${pathname.slice(target.pathname.length)}`;
    if (/^DELETE Device\/Windows\/(Expired|Waiting)$/.test(operation)) {
      return may.purge && searchParams.has('Username') ? undefined : `${operation} by ${sender}`;
    }
    if (operation !== 'PUT Device/UpdateTime') return `${operation} by ${sender}`;
    if (!may.refresh) return `${operation} by ${sender}`;
    const { DeviceId, Username, UserStorageName } = JSON.parse(body);
    const person = simulators.people.find(Username, UserStorageName);
    if (typeof person === 'string') return `${operation} of a user who is ${person}`;
    const device = simulators.pointsharp.world.devices(person).find(({ id }) => id === DeviceId);
    if (!device) return `${operation} of a device that is not there`;
    const now = simulators.clock.now();
    const key = JSON.stringify([Username, UserStorageName, DeviceId]);
    if ([now - toleranceMs, now, now + toleranceMs].some((moment) => isDue(device, moment))) {
      called.set(key, now);
      return undefined;
    }
    if (now - (called.get(key) ?? Number.NEGATIVE_INFINITY) < againMs) {
      seenTwice += 1;
      return undefined;
    }
    return `${operation} of a device that is not due: ${JSON.stringify(device)}`;
  }

  const server = createServer(async (incoming, response) => {
    const body = await text(incoming).catch(() => undefined);
    if (body === undefined) return;
    if (incoming.method !== 'GET' && incoming.method !== 'HEAD') {
      written += 1;
      const objection = judge(incoming, body);
      if (objection !== undefined && objections.length < objectionsKept) objections.push(objection);
    }
    const { method, headers, url } = incoming;
    const onward = request(
      { host: target.hostname, port: target.port, path: url, method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('error', () => response.destroy());
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    onward.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${target.pathname}`,
    written: () => written,
    seenTwice: () => seenTwice,
    objections,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
