import type { Duration } from 'luxon';
import type { TlsSettings } from '../../../security/tls.ts';
import type { Call, RawAnswer } from '../../call.ts';
import { createConnector } from './connector.ts';
import { openDeadline } from './deadline.ts';
import { openPool } from './pool.ts';
import { type Caller, type Rules, transfer } from './transfer.ts';
import { proxyHeaders, throughProxy, toProxy } from './tunnel.ts';

/** Brings calls to a server and their answers back, whatever they say. */
export interface Transport {
  /** What all calls begin with. */
  readonly address: string;
  /** Throws what undici says of an exchange that failed. A call that the server may have done is not repeated unless it is idempotent. */
  deliver(call: Call, caller: Caller): Promise<RawAnswer>;
  /** Changes what goes with every request, and how connections are secured that are opened from now on. */
  renew(settings: Renewed): void;
  /** Waits for what is in flight. */
  close(): Promise<void>;
  /** What is in flight fails at once. */
  destroy(): Promise<void>;
}

/** Where to, and how. */
export interface TransportSettings {
  readonly url: URL;
  readonly requestTimeout: Duration;
  readonly requestsInFlight: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What all bodies are; left out, JSON. */
  readonly bodyType?: string;
  readonly tls: TlsSettings;
  /** HTTP proxy: one tunnel for each connection to an https server; requests to an http server are handed to it. */
  readonly proxy?: URL | undefined;
}

/** What may change while the transport is open; a proxy only in what signs in there. */
type Renewed = Pick<TransportSettings, 'headers' | 'bodyType' | 'tls' | 'proxy'>;

const jsonBody = 'application/json; charset=utf-8';
const maxBodyBytes = 16 * 1024 * 1024;
const maxHeaderBytes = 16 * 1024;
/** So many times the time-out of its parts a whole answer may take: one that comes a byte at a time never ends. */
const partsOfAnAnswer = 4;
/** The time-outs of undici come up to a second late; what they can name is left to them. */
const leastDeadlineMs = 2_000;

/**
 * Opens the connections to a server. A wait for a connection, for an answer and for each part of it ends after
 * `requestTimeout`, an answer after four times that.
 *
 * @param onCertificateRefused hears the code of a server that refuses our certificate
 * @param mayRepeat whether a request may be sent once more that was not answered
 */
export function openTransport(
  settings: TransportSettings,
  onCertificateRefused: (code: string) => void,
  mayRepeat: Rules['mayRepeat'],
): Transport {
  const { url } = settings;
  const forwarding = url.protocol === 'http:' ? settings.proxy : undefined;
  const timeoutMs = settings.requestTimeout.toMillis();
  const ended = new AbortController();
  const connectorFor = ({ tls, proxy }: Renewed) =>
    createConnector(
      tls,
      timeoutMs,
      onCertificateRefused,
      proxy && (forwarding ? toProxy(proxy) : throughProxy(proxy, timeoutMs, ended.signal)),
    );
  let connect = connectorFor(settings);
  let headers = headerLists(url, settings);
  const pool = openPool((forwarding ?? url).origin, settings.requestsInFlight, {
    pipelining: 1,
    allowH2: false,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: maxBodyBytes,
    maxHeaderSize: maxHeaderBytes,
    connect: (target, callback) => connect(target, callback),
  });
  const deadline = openDeadline(Math.max(partsOfAnAnswer * timeoutMs, leastDeadlineMs));
  const rules = { deadline, mayRepeat };
  const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  const basePath = forwarding ? url.origin + path : path;

  return {
    address: url.origin + path,
    deliver(call, caller) {
      const request = {
        method: call.method,
        path: basePath + call.path,
        headers: call.body === undefined ? headers.withoutBody : headers.withBody,
        body: call.body ?? null,
      };
      // A device window that is opened twice is two; all else that is sent is the same when it is done twice.
      const isIdempotent = call.method !== 'POST' || call.onlyReads;
      return transfer(pool, request, rules, isIdempotent ? caller : undefined);
    },
    renew(renewed) {
      headers = headerLists(url, renewed);
      connect = connectorFor(renewed);
    },
    async close() {
      await pool.close();
      deadline.close();
    },
    async destroy() {
      const destroyed = pool.destroy();
      ended.abort();
      await destroyed;
      deadline.close();
    },
  };
}

/** Lists of names and values in turn: undici takes an object apart for each request. Measured with others: 3 % less CPU. */
function headerLists(url: URL, { headers, bodyType = jsonBody, proxy }: Renewed) {
  const isForwarded = proxy !== undefined && url.protocol === 'http:';
  const forProxy = isForwarded ? Object.entries({ host: url.host, ...proxyHeaders(proxy) }) : [];
  const withoutBody = [...Object.entries(headers), ...forProxy].flat();
  return { withoutBody, withBody: [...withoutBody, 'content-type', bodyType] };
}
