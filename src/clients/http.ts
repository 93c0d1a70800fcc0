import type { Duration } from 'luxon';
import { failureOf, headerOf, isFailure, parseJson, type RawAnswer, type Subject } from './answers.ts';
import type { Answer, Call } from './call.ts';
import { connectionFailure, interruption } from './connection.ts';
import { openConnections } from './connections.ts';
import { connector } from './connector.ts';
import { type Exchange, failedExchange } from './exchange.ts';
import { keyedHash } from './keyed-hash.ts';
import { openPatience } from './patience.ts';
import { redactor } from './secrets.ts';
import type { TlsSettings } from './tls.ts';
import { transfer } from './transfer.ts';
import type { Vendor } from './vendor.ts';
import { oneLine, vendorMessageOf } from './vendor-message.ts';

/** Where the typed clients send their calls. Every failure is a VendorError. */
export interface Http {
  readonly vendor: Vendor;
  /** Sends a call that is answered in JSON. */
  request(call: Call): Promise<Answer>;
  /** Sends a call that is done when it is answered at all: what a success says is not read. */
  send(call: Call): Promise<void>;
  /** Stands for a value that must not leave the client: the same value gives the same 16 characters. */
  keyedHash(value: string): string;
}

/** Counts the requests sent. */
export interface Meter {
  requests: number;
}

/** The connections to one vendor; one per process. */
export interface VendorHttp {
  /** Sends through these connections and counts in `meter`. Costs next to nothing: one per batch. */
  session(meter: Meter): Http;
  /** Waits for what is in flight. */
  close(): Promise<void>;
  /** What is in flight fails at once as Interrupted, and so does every later request. */
  destroy(): Promise<void>;
}

export interface HttpOptions {
  /** Waited for before each request: the vendor's budget. What it throws is passed on. */
  readonly beforeRequest?: () => Promise<void>;
  readonly onAnswer?: (exchange: Exchange) => void;
  /** The `Date` of each answer as it was sent, for whoever compares clocks. */
  readonly onDate?: (date: string | undefined) => void;
}

/** What the vendors' own files hand over, made from their configuration. */
export interface HttpSettings {
  readonly vendor: Vendor;
  readonly url: URL;
  readonly requestTimeout: Duration;
  readonly requestsInFlight: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Values that must not appear in any message. */
  readonly secrets: readonly (string | undefined)[];
  readonly hashKey: string | Buffer;
  readonly tls: TlsSettings;
}

/** What is made of a successful answer. Throws on one that is not as it has to be. */
type Read<Content> = (call: Call, answer: RawAnswer) => Content;

const maxBodyBytes = 16 * 1024 * 1024;
const maxHeaderBytes = 16 * 1024;
/** So many times the time-out of its parts a whole answer may take: one that comes a byte at a time never ends. */
const partsOfAnAnswer = 4;
/** The time-outs of undici come up to a second late; what they can name is left to them. */
const leastPatienceMs = 2_000;

/**
 * Opens the connections to a vendor. Nothing is retried and no redirect is followed: the queue retries, whole batches.
 * A wait for a connection, for an answer and for each part of it ends after `requestTimeout`, an answer after four times
 * that.
 */
export function openHttp(settings: HttpSettings, options: HttpOptions = {}): VendorHttp {
  const { vendor, url } = settings;
  const { beforeRequest, onAnswer, onDate } = options;
  const timeoutMs = settings.requestTimeout.toMillis();
  let closed = false;
  let refusal: string | undefined;
  const connections = openConnections(url.origin, settings.requestsInFlight, {
    pipelining: 1,
    allowH2: false,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: maxBodyBytes,
    maxHeaderSize: maxHeaderBytes,
    connect: connector(settings.tls, timeoutMs, (code) => {
      refusal = code;
    }),
  });
  const patience = openPatience(Math.max(partsOfAnAnswer * timeoutMs, leastPatienceMs));
  const basePath = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  const redact = redactor(settings.secrets);
  const hash = keyedHash(settings.hashKey);
  // A list of names and values in turn: undici would take an object apart for each request.
  const headers = Object.entries(settings.headers).flat();
  const headersWithBody = [...headers, 'content-type', 'application/json; charset=utf-8'];

  /** Only failures need one, so it is made only then. */
  function subjectOf(call: Call): Subject {
    return {
      vendor,
      operation: call.operation,
      what: redact(`${vendor.title} ${call.operation} for ${oneLine(call.subject)} failed`),
      address: url.origin + basePath,
    };
  }

  function exchange<Content>(call: Call, read: Read<Content>): Promise<Content> {
    const startedAt = onAnswer ? performance.now() : 0;
    const request = {
      method: call.method,
      path: basePath + call.path,
      headers: call.body === undefined ? headers : headersWithBody,
      body: call.body ?? null,
    };
    return transfer(connections, request, patience).then(
      (answer) => answered(call, answer, read, startedAt),
      (thrown) => failed(call, connectionFailure(thrown, subjectOf(call), refusal), startedAt),
    );
  }

  function answered<Content>(call: Call, answer: RawAnswer, read: Read<Content>, startedAt: number): Content {
    const { status, body } = answer;
    refusal = undefined;
    if (onDate) onDate(headerOf(answer, 'date'));
    try {
      if (isFailure(answer)) throw failureOf(answer, subjectOf(call), vendorMessageOf(body, redact));
      const content = read(call, answer);
      if (onAnswer)
        onAnswer({ operation: call.operation, durationMs: performance.now() - startedAt, status });
      return content;
    } catch (error) {
      return failed(call, error, startedAt);
    }
  }

  function failed(call: Call, error: unknown, startedAt: number): never {
    if (onAnswer) onAnswer(failedExchange(call, performance.now() - startedAt, error));
    throw error;
  }

  function readJson(call: Call, { status, body }: RawAnswer): Answer {
    return { status, json: parseJson(body, status, () => subjectOf(call)) };
  }

  function readNothing(): void {}

  function counted<Content>(call: Call, meter: Meter, read: Read<Content>): Promise<Content> {
    if (closed) return Promise.reject(interruption(subjectOf(call)));
    meter.requests++;
    return exchange(call, read);
  }

  function inTurn<Content>(call: Call, meter: Meter, read: Read<Content>): Promise<Content> {
    return beforeRequest
      ? beforeRequest().then(() => counted(call, meter, read))
      : counted(call, meter, read);
  }

  function session(meter: Meter): Http {
    return {
      vendor,
      keyedHash: hash,
      request: (call) => inTurn(call, meter, readJson),
      send: (call) => inTurn(call, meter, readNothing),
    };
  }

  return {
    session,
    async close() {
      closed = true;
      await connections.close();
      patience.close();
    },
    async destroy() {
      closed = true;
      await connections.destroy();
      patience.close();
    },
  };
}
