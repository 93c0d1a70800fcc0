import type { Dispatcher } from 'undici';
import type { RawAnswer } from '../call.ts';
import { notWholeInTime } from '../errors/connection-failure.ts';
import type { Deadline } from './deadline.ts';
import type { Connection, Pool } from './pool.ts';

const byteOrderMark = 0xfeff;

/**
 * Sends a request and reads its answer whole. By undici's lowest interface: its `request` makes a stream for every
 * answer, which nobody here reads. Measured: 5.1 s in place of 6.2 s for a purge of 100,000 users (docs/performance.md).
 *
 * @param deadline ends it when the answer is not whole in time, however steadily it comes
 * @throws what undici says of an exchange that failed; a failure status counts even if its body does not come through
 */
export function transfer(
  pool: Pool,
  options: Dispatcher.DispatchOptions,
  deadline: Deadline,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(pool, deadline, resolve, reject);
    reader.connection.client.dispatch(options, reader);
  });
}

/**
 * What undici tells of one request. A class: measured, one object for each request in place of five closures is 3 % less
 * CPU for each user of a purge (docs/performance.md).
 */
class AnswerReader implements Dispatcher.DispatchHandler {
  readonly connection: Connection;
  private status = 0;
  private headers: RawAnswer['headers'] = {};
  private chunks: Buffer[] | undefined;
  private beganAt = 0;
  private readonly pool: Pool;
  private readonly deadline: Deadline;
  private readonly resolve: (answer: RawAnswer) => void;
  private readonly reject: (error: unknown) => void;

  constructor(
    pool: Pool,
    deadline: Deadline,
    resolve: (answer: RawAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.pool = pool;
    this.connection = pool.take();
    this.deadline = deadline;
    this.resolve = resolve;
    this.reject = reject;
  }

  onRequestStart(): void {
    this.beganAt = this.deadline.now();
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
    this.pool.give(this.connection);
    if (this.status >= 300) this.resolve({ status: this.status, headers: this.headers, body: '' });
    else this.reject(error);
  }

  private endIfTooLong(controller: Dispatcher.DispatchController): void {
    if (this.deadline.isOver(this.beganAt)) controller.abort(notWholeInTime());
  }
}

function textOf(chunks: readonly Buffer[]): string {
  const [first, ...others] = chunks;
  if (!first) return '';
  const text = (others.length > 0 ? Buffer.concat(chunks) : first).toString('utf8');
  return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
}
