import { type OutgoingHttpHeaders, request } from 'node:http';
import { onTestFinished } from 'vitest';
import { type SimulatorOptions, type Simulators, startSimulators } from '../../simulators/simulators.ts';

export const startMs = Date.parse('2026-03-10T12:00:00Z');
export const dayMs = 86_400_000;

/** Simulators with a clock that stands still, closed when the test ends. */
export async function start(options: SimulatorOptions = {}): Promise<Simulators> {
  const simulators = await startSimulators({ users: 200, now: startMs, frozen: true, ...options });
  onTestFinished(() => simulators.close());
  return simulators;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Question {
  readonly headers?: OutgoingHttpHeaders;
  /** An object is sent as JSON. */
  readonly body?: object | string;
  readonly signal?: AbortSignal;
}

/** Sends exactly this path and query, also what no URL parser would let pass. Rejects when the connection breaks. */
export function ask(
  method: string,
  url: string,
  { headers = {}, body, signal }: Question = {},
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const { hostname, port, origin } = new URL(url);
  const json = typeof body === 'object' ? { 'content-type': 'application/json' } : {};
  const options = {
    hostname,
    port,
    method,
    path: url.slice(origin.length),
    headers: { ...json, ...headers },
    agent: false,
  };
  const sent = request({ ...options, ...(signal === undefined ? {} : { signal }) }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks).toString(),
      });
    });
  });
  sent.on('error', reject);
  sent.end(typeof body === 'object' ? JSON.stringify(body) : body);
  return promise;
}

/** The parameters that name a user of the roster. */
export function who(simulators: Simulators, index: number): string {
  const { people } = simulators;
  return `Username=${encodeURIComponent(people.username(index))}&UserStorageName=${encodeURIComponent(people.storage(index))}`;
}

/** The body fields that name a user of the roster. */
export function whoIn({ people }: Simulators, index: number) {
  return { Username: people.username(index), UserStorageName: people.storage(index) };
}

/** The first user for whom something is so. */
export function userWho({ people }: Simulators, isSo: (index: number) => boolean): number {
  for (let index = 0; index < people.users; index += 1) if (isSo(index)) return index;
  throw new Error('this world has no such user: choose another seed or more users');
}

export const basic = `Basic ${Buffer.from('caretaker:simulated').toString('base64')}`;

export function askPocket(
  simulators: Simulators,
  body: object | string,
  query = '',
  headers: OutgoingHttpHeaders = {},
) {
  const url = `${simulators.superoffice.url}v1/Agents/Pocket/GetRegisteredDevices${query}`;
  return ask('POST', url, { headers: { authorization: basic, ...headers }, body });
}
