import type { DateTime } from 'luxon';
import type { FromFiles } from '../../config/vendors.ts';
import { withDeadline } from '../../domain/with-deadline.ts';
import { keyedHash } from '../../security/keyed-hash.ts';
import { type Redact, redactor } from '../../security/redact.ts';
import { secretParts } from '../../security/secret-parts.ts';
import { type Answer, type Call, headerOf, type RawAnswer } from '../call.ts';
import { isJson, parseJson } from '../errors/answer-body.ts';
import { connectionFailure, interruption } from '../errors/connection-failure.ts';
import { failureOf, isFailure } from '../errors/response-failure.ts';
import type { Subject } from '../errors/subject.ts';
import { unconfirmed } from '../errors/unconfirmed-write.ts';
import { VendorError } from '../errors/vendor-error.ts';
import { oneLine, vendorMessageOf } from '../errors/vendor-message.ts';
import type { VendorTexts } from '../vendor-texts.ts';
import { confirmationOf } from './confirmation.ts';
import { type Exchange, failedExchange } from './exchange.ts';
import { constantSignIn, notSent, renewableSignIn, type Way, type WayHooks } from './sign-in.ts';
import type { Caller, Rules } from './transfer.ts';
import { openTransport, type TransportSettings } from './transport.ts';

/** Where the typed clients send their calls. Every failure is a VendorError. */
export interface Http {
  readonly vendor: VendorTexts;
  /** Sends a call that is answered in JSON. */
  request(call: Call): Promise<Answer>;
  /** Sends a call whose answer is not read. Failures, and a page or XML in place of an answer, throw as in `request`. */
  send(call: Call): Promise<void>;
  /** Stands for a value that must not leave the client: the same value gives the same 16 characters. */
  keyedHash(value: string): string;
}

/** Counts the requests sent. Once its signal is aborted nothing more is sent; what is in flight goes on to its end. */
export interface Meter extends Caller {
  /** How often each operation was answered with success, by its name. */
  readonly successes?: Map<string, number>;
}

/** The connections to one vendor; one per process. */
export interface VendorHttp {
  /** Sends through these connections and counts in `meter`. Costs next to nothing: one per batch. */
  session(meter: Meter): Http;
  /** As in `Http`, by the secrets of now. */
  keyedHash(): (value: string) => string;
  /**
   * What the clock of the server says, epoch milliseconds, to a second; undefined when it does not answer, or without a
   * date. Asks for nothing but the head of its address, in the vendor's budget.
   */
  serverTime(): Promise<number | undefined>;
  /** Waits for what is in flight. */
  close(): Promise<void>;
  /** What is in flight fails at once as Interrupted, and so does every later request. */
  destroy(): Promise<void>;
}

export interface HttpOptions {
  /** Waited for before each request: the vendor's budget. What it throws is passed on. */
  readonly beforeRequest?: () => Promise<void>;
  readonly onAnswer?: (exchange: Exchange) => void;
  /** The time, for what signs in for a while; needed only there. */
  readonly now?: () => DateTime;
  /** The `Date` of each answer as it was sent, for whoever compares clocks. */
  readonly onDate?: (date: string | undefined) => void;
}

/** What the vendors' own files hand over, made from their configuration. */
export interface HttpSettings extends TransportSettings {
  readonly vendor: VendorTexts;
  /** Values that must not appear in any message. */
  readonly secrets: readonly (string | undefined)[];
  /** Takes out of messages what is issued only later, beside those. */
  readonly redact?: Redact;
  readonly hashKey: string | Buffer;
  /** What else than nothing the server answers to a write that it has done; left out, nothing else. */
  readonly confirmedBy?: string | undefined;
  /** Left out when no part of these settings stands in a file. */
  readonly fromFiles?: FromFiles<HttpSettings> | undefined;
  /** Left out where the address is known and does not change. It hears the code of a server that refuses our certificate. */
  readonly openWay?: (hooks: WayHooks) => Way;
}

/** A server that does not answer is met by the run soon enough; in milliseconds. */
const timeAskedMs = 5_000;

/** What is made of a successful answer. Throws on one that is not as it has to be. */
type Read<Content> = (call: Call, answer: RawAnswer) => Content;

/** A call, where it is counted, and what is made of its answer. */
interface Ask<Content> {
  readonly call: Call;
  readonly meter: Meter;
  readonly read: Read<Content>;
}

/**
 * Opens the connections to a vendor. Nothing is retried but a 401 with secrets that were read again, and what a server did
 * not begin to answer on a connection that it closed; no redirect is followed. The queue retries, whole batches.
 */
export function openHttp(settings: HttpSettings, options: HttpOptions = {}): VendorHttp {
  const { vendor } = settings;
  const { beforeRequest, onAnswer, onDate } = options;
  let closed = false;
  let refusedCode: string | undefined;
  const onCertificateRefused = (code: string) => {
    refusedCode = code;
  };
  const secrets = [...settings.secrets];
  const redactKnown = redactor(secrets);
  const isConfirmed = confirmationOf(settings.confirmedBy);
  let hash = keyedHash(settings.hashKey);
  const signIn = settings.openWay?.({ onCertificateRefused, mayRepeat }) ?? fixedWay();
  const redact = (text: string) => signIn.redact(redactKnown(text));
  const holdsKnown = secretParts(secrets);
  const censor = { redact, holdsSecret: (text: string) => holdsKnown(text) || signIn.redact(text) !== text };

  function fixedWay(): Way {
    const transport = openTransport(settings, onCertificateRefused, mayRepeat);
    const { address, close, destroy } = transport;
    const { redact = (text: string) => text } = settings;
    const how = settings.fromFiles
      ? renewableSignIn(transport, settings.fromFiles, settings, (renewed) => {
          secrets.push(...renewed.secrets.filter((secret) => !secrets.includes(secret)));
          hash = keyedHash(renewed.hashKey);
        })
      : constantSignIn(transport);
    // It counts its version by a getter, which a copy of it would not have.
    return Object.assign(how, { address, close, destroy, redact, ask: transport.deliver });
  }

  /** A request that is repeated takes its turn in the budget and is counted as any other. */
  async function mayRepeat(...[caller, method]: Parameters<Rules['mayRepeat']>): Promise<boolean> {
    if (beforeRequest) await unlessAborted(beforeRequest, caller.signal);
    if (closed || caller.signal?.aborted) return false;
    caller.requests += 1;
    const isWrite = method === 'PUT' || method === 'DELETE';
    if (isWrite) caller.repeatedWrites = (caller.repeatedWrites ?? 0) + 1;
    return true;
  }

  /** Only failures need one, so it is made only then. */
  function subjectOf(call: Call): Subject {
    return {
      vendor,
      operation: call.operation,
      what: redact(`${vendor.title} ${call.operation} for ${oneLine(call.subject)} failed`),
      address: signIn.address,
    };
  }

  function exchange<Content>(ask: Ask<Content>): Promise<Content> {
    const { call, meter } = ask;
    const startedAt = onAnswer ? performance.now() : 0;
    const { version } = signIn;
    const noAnswer = (thrown: unknown) => {
      if (thrown instanceof VendorError) return failed(call, thrown, startedAt);
      const subject = subjectOf(call);
      const wasSent = thrown !== notSent;
      const failure = wasSent
        ? connectionFailure(thrown, subject, refusedCode)
        : interruption(subject, false);
      return failed(call, failure, startedAt);
    };
    return signIn.deliver(call, meter).then((answer) => {
      const { status } = answer;
      if (status !== 401 && status !== 421) return answered(ask, answer, startedAt);
      const again = signIn.again(call, { version, status }, meter);
      return again.then((other) => answered(ask, other ?? answer, startedAt), noAnswer);
    }, noAnswer);
  }

  function answered<Content>(
    { call, meter, read }: Ask<Content>,
    answer: RawAnswer,
    startedAt: number,
  ): Content {
    const { status, body } = answer;
    refusedCode = undefined;
    if (onDate) onDate(headerOf(answer, 'date'));
    try {
      const isWritten = read === readConfirmation && isConfirmed(answer);
      if (!isWritten && isFailure(answer) && !isExpected(call, answer))
        throw failureOf(answer, subjectOf(call), vendorMessageOf(body, censor));
      const content = read(call, answer);
      const { successes } = meter;
      if (successes) successes.set(call.operation, (successes.get(call.operation) ?? 0) + 1);
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

  function readConfirmation(call: Call, answer: RawAnswer): void {
    if (isConfirmed(answer)) return;
    throw unconfirmed(answer.status, subjectOf(call), vendorMessageOf(answer.body, censor));
  }

  function counted<Content>(ask: Ask<Content>): Promise<Content> {
    const { call, meter } = ask;
    if (closed || meter.signal?.aborted) return Promise.reject(interruption(subjectOf(call), false));
    meter.requests++;
    return exchange(ask);
  }

  function inTurn<Content>(ask: Ask<Content>): Promise<Content> {
    return beforeRequest
      ? unlessAborted(beforeRequest, ask.meter.signal).then(() => counted(ask))
      : counted(ask);
  }

  function session(meter: Meter): Http {
    signIn.look();
    return {
      vendor,
      keyedHash: hash,
      request: (call) => inTurn({ call, meter, read: readJson }),
      send: (call) => inTurn({ call, meter, read: readConfirmation }),
    };
  }

  return {
    session,
    keyedHash() {
      signIn.look();
      return hash;
    },
    async serverTime() {
      if (closed) return undefined;
      await beforeRequest?.();
      const head = { method: 'HEAD', operation: 'HEAD', path: '', subject: 'its clock' } as const;
      const answered = signIn.ask(head, { requests: 0 }).then(timeOf, () => undefined);
      return withDeadline(answered, timeAskedMs, undefined);
    },
    close() {
      closed = true;
      return signIn.close();
    },
    destroy() {
      closed = true;
      return signIn.destroy();
    },
  };
}

/**
 * When an answer was made, by the clock of the server: its Date, and its Age where a cache has kept it (RFC 9110, 6.6.1;
 * RFC 9111, 5.1).
 */
function timeOf(answer: RawAnswer): number | undefined {
  const made = Date.parse(headerOf(answer, 'date') ?? '');
  const ageSeconds = Number(headerOf(answer, 'age') ?? 0);
  return Number.isNaN(made) ? undefined : made + (Number.isFinite(ageSeconds) ? ageSeconds * 1000 : 0);
}

function isExpected({ expects }: Call, answer: RawAnswer): boolean {
  return (expects?.includes(answer.status) ?? false) && isJson(answer);
}

/** Waits for a turn in the budget, or no longer once nothing more is to be sent: the turn is then lost. */
function unlessAborted(takeTurn: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return takeTurn();
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const end = () => resolve();
    signal.addEventListener('abort', end, { once: true });
    takeTurn()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', end));
  });
}
