import type { Dispatcher } from 'undici';
import type { RawAnswer } from '../../call.ts';
import { isClosedByPeer, notWholeInTime } from '../../errors/connection-failure.ts';
import type { Deadline } from './deadline.ts';
import type { Connection, Pool } from './pool.ts';

const byteOrderMark = 0xfeff;

/**
 * Sends a request and reads its answer whole. By undici's lowest interface: its `request` makes a stream for every
 * answer, which nobody here reads. Measured: 5.1 s in place of 6.2 s for a purge of 100,000 users (docs/performance.md).
 *
 * A server may close a connection that it has answered on while the next request is on its way. Of that request not a byte
 * was answered: it is sent once more, on a new connection (RFC 9112, 9.3.1).
 *
 * @param rules its deadline ends it when the answer is not whole in time, however steadily it comes
 * @param caller left out for a request that must not be sent twice
 * @throws what undici says of an exchange that failed; a failure status counts even if its body does not come through
 */
export function transfer(
  pool: Pool,
  options: Dispatcher.DispatchOptions,
  rules: Rules,
  caller?: Caller,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    new AnswerReader(pool, { options, rules, caller }, resolve, reject).send();
  });
}

/** For whom requests are sent. */
export interface Caller {
  requests: number;
  /** Writes that were sent again although the server may have done them. */
  repeatedWrites?: number;
  /** Once it is aborted nothing more is sent. */
  readonly signal?: AbortSignal | undefined;
}

/** By what all transfers of a transport go. */
export interface Rules {
  readonly deadline: Deadline;
  /** Whether a request may be sent once more, which it counts. */
  mayRepeat(caller: Caller, method: Dispatcher.HttpMethod): Promise<boolean>;
}

interface Exchange {
  readonly options: Dispatcher.DispatchOptions;
  readonly rules: Rules;
  readonly caller: Caller | undefined;
}

/**
 * What undici tells of one request. A class: measured, one object for each request in place of five closures is 3 % less
 * CPU for each user of a purge (docs/performance.md).
 */
class AnswerReader implements Dispatcher.DispatchHandler {
  private status = 0;
  private headers: RawAnswer['headers'] = {};
  private chunks: Buffer[] | undefined;
  private beganAt = 0;
  /** How much had come over the connection when the request was sent. */
  private bytesBefore = 0;
  private isRepeated = false;
  private readonly connection: Connection;
  private readonly pool: Pool;
  private readonly exchange: Exchange;
  private readonly resolve: (answer: RawAnswer) => void;
  private readonly reject: (error: unknown) => void;

  constructor(
    pool: Pool,
    exchange: Exchange,
    resolve: (answer: RawAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.pool = pool;
    this.connection = pool.take();
    this.exchange = exchange;
    this.resolve = resolve;
    this.reject = reject;
  }

  send(): void {
    this.connection.client.dispatch(this.exchange.options, this);
  }

  onRequestStart(): void {
    this.beganAt = this.exchange.rules.deadline.now();
    this.bytesBefore = this.connection.socket?.bytesRead ?? 0;
  }

  /** Hints (103) come here as well, as often as the vendor likes. */
  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    received: RawAnswer['headers'],
  ): void {
    this.status = statusCode;
    this.headers = received;
    this.endIfTooLong(controller);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.chunks) this.chunks.push(chunk);
    else this.chunks = [chunk];
    this.endIfTooLong(controller);
  }

  onResponseEnd(): void {
    this.pool.give(this.connection);
    this.resolve({ status: this.status, headers: this.headers, body: textOf(this.chunks ?? []) });
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    const { options, rules, caller } = this.exchange;
    if (caller === undefined || !this.isUnanswered(error)) {
      this.fail(error);
      return;
    }
    this.isRepeated = true;
    rules.mayRepeat(caller, options.method).then(
      (isAllowed) => (isAllowed ? this.send() : this.fail(error)),
      () => this.fail(error),
    );
  }

  /** Whether the server closed a connection that it had answered on, and gave this request not a byte. */
  private isUnanswered(error: Error): boolean {
    if (this.status !== 0 || this.isRepeated || this.bytesBefore === 0) return false;
    return isClosedByPeer(error) && this.connection.socket?.bytesRead === this.bytesBefore;
  }

  private fail(error: Error): void {
    this.pool.give(this.connection);
    if (this.status >= 300) this.resolve({ status: this.status, headers: this.headers, body: '' });
    else this.reject(error);
  }

  private endIfTooLong(controller: Dispatcher.DispatchController): void {
    if (this.exchange.rules.deadline.isOver(this.beganAt)) controller.abort(notWholeInTime());
  }
}

function textOf(chunks: readonly Buffer[]): string {
  const [first, ...others] = chunks;
  if (!first) return '';
  const text = (others.length > 0 ? Buffer.concat(chunks) : first).toString('utf8');
  return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
}
