import { type Answer, type Call, headerOf, type RawAnswer } from '../call.ts';
import { isJson, parseJson } from '../errors/answer-body.ts';
import { connectionFailure, interruption } from '../errors/connection-failure.ts';
import { failureOf, isFailure } from '../errors/response-failure.ts';
import type { Subject } from '../errors/subject.ts';
import { unconfirmed } from '../errors/unconfirmed-write.ts';
import { VendorError } from '../errors/vendor-error.ts';
import { type Censor, oneLine, vendorMessageOf } from '../errors/vendor-message.ts';
import type { VendorTexts } from '../vendor-texts.ts';
import type { IsConfirmed } from './confirmation.ts';
import { failedExchange } from './exchange.ts';
import type { HttpOptions } from './http-settings.ts';
import { notSent, type Way } from './sign-in.ts';
import type { Caller } from './transport/transfer.ts';
import { unlessAborted } from './turn.ts';

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

/** How it stands with the connections that all sessions share. */
export interface ConnectionState {
  isClosed: boolean;
  /** With which code the server refused our certificate since its last answer. */
  refusedCode: string | undefined;
}

/** What all sessions share. */
interface Shared {
  readonly vendor: VendorTexts;
  readonly signIn: Way;
  readonly connections: ConnectionState;
  readonly censor: Censor;
  readonly isConfirmed: IsConfirmed;
}

/** What is made of a successful answer. Throws on one that is not as it has to be. */
type Read<Content> = (call: Call, answer: RawAnswer) => Content;

/** A call, where it is counted, and what is made of its answer. */
interface Ask<Content> {
  readonly call: Call;
  readonly meter: Meter;
  readonly read: Read<Content>;
}

/** Sends requests and makes of each answer what it has to be, or its error. Each function here runs once for each request. */
export function createSessions(
  { vendor, signIn, connections, censor, isConfirmed }: Shared,
  { beforeRequest, onAnswer, onDate }: HttpOptions,
): (meter: Meter, keyedHash: Http['keyedHash']) => Http {
  /** Only failures need one, so it is made only then. */
  function subjectOf(call: Call): Subject {
    return {
      vendor,
      operation: call.operation,
      what: censor.redact(`${vendor.title} ${call.operation} for ${oneLine(call.subject)} failed`),
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
        ? connectionFailure(thrown, subject, connections.refusedCode)
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
    connections.refusedCode = undefined;
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
    if (connections.isClosed || meter.signal?.aborted)
      return Promise.reject(interruption(subjectOf(call), false));
    meter.requests++;
    return exchange(ask);
  }

  function inTurn<Content>(ask: Ask<Content>): Promise<Content> {
    return beforeRequest
      ? unlessAborted(beforeRequest, ask.meter.signal).then(() => counted(ask))
      : counted(ask);
  }

  return (meter, keyedHash) => ({
    vendor,
    keyedHash,
    request: (call) => inTurn({ call, meter, read: readJson }),
    send: (call) => inTurn({ call, meter, read: readConfirmation }),
  });
}

function isExpected({ expects }: Call, answer: RawAnswer): boolean {
  return (expects?.includes(answer.status) ?? false) && isJson(answer);
}
