import type { Dispatcher } from 'undici';
import type { RawAnswer } from './answers.ts';
import { notWholeInTime } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Patience } from './patience.ts';

const byteOrderMark = 0xfeff;

/**
 * Sends a request and reads its answer whole. By undici's lowest interface: its `request` makes a stream for every
 * answer, which costs more than all the rest of a small exchange.
 *
 * @param patience ends it when the answer is not whole in time, however steadily it comes
 * @throws what undici says of an exchange that failed; a failure status counts even if its body does not come through
 */
export function transfer(
  connections: Connections,
  options: Dispatcher.DispatchOptions,
  patience: Patience,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let headers: RawAnswer['headers'] = {};
    const chunks: Buffer[] = [];
    let beganAt = 0;
    function endIfTooLong(controller: Dispatcher.DispatchController): void {
      if (patience.isOver(beganAt)) controller.abort(notWholeInTime());
    }
    const connection = connections.take();
    connection.client.dispatch(options, {
      onRequestStart() {
        beganAt = patience.now();
      },
      // Hints (103) come here as well, as often as the vendor likes.
      onResponseStart(controller, statusCode, received) {
        status = statusCode;
        headers = received;
        endIfTooLong(controller);
      },
      onResponseData(controller, chunk) {
        chunks.push(chunk);
        endIfTooLong(controller);
      },
      onResponseEnd() {
        connections.give(connection);
        resolve({ status, headers, body: textOf(chunks) });
      },
      onResponseError(_, error) {
        connections.give(connection);
        if (status >= 300) resolve({ status, headers, body: '' });
        else reject(error);
      },
    });
  });
}

function textOf(chunks: readonly Buffer[]): string {
  const [first, ...others] = chunks;
  if (!first) return '';
  const text = (others.length > 0 ? Buffer.concat(chunks) : first).toString('utf8');
  return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
}
