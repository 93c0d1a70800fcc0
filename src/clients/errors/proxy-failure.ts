import { OperatorError } from '../../domain/operator-error.ts';
import { envPrefix } from '../../domain/vendor.ts';
import { proxyCredentialsAdvice } from './advice.ts';
import { codeText } from './code-text.ts';
import type { Subject } from './subject.ts';
import { type FailureFacts, Misconfigured, Unreachable, type VendorError } from './vendor-error.ts';

/** A proxy that opened no way to a server: nothing has been sent to the server. */
export class ProxyFailure extends OperatorError {
  override readonly name = 'ProxyFailure';
  /** What happened, as a part of a sentence: `the proxy proxy.example:3128 answered 407`. */
  readonly said: string;
  /** What the proxy answered; undefined when it did not. */
  readonly status: number | undefined;

  /**
   * @param proxy its address; what signs in there is left out
   * @param reason the status that it answered, or the code with which the connection to it failed
   */
  constructor({ host }: URL, reason: number | string) {
    const is = typeof reason === 'number' ? `answered ${reason}` : `cannot be reached: ${codeText(reason)}`;
    super({ problem: `The proxy ${host} ${is}.`, advice: 'Check its address, user and password.' });
    this.said = `the proxy ${host} ${is}`;
    this.status = typeof reason === 'number' ? reason : undefined;
  }
}

/** The error of a request that did not get past the proxy. */
export function proxyFailure({ said, status }: ProxyFailure, subject: Subject): VendorError {
  const { vendor, operation, what, address } = subject;
  const prefix = envPrefix(vendor.name);
  const facts = (remedy: FailureFacts['remedy']): FailureFacts => ({
    vendor: vendor.name,
    operation,
    remedy,
  });
  const checkProxy = `Check ${prefix}PROXY, and the network.`;
  if (status === undefined) return new Unreachable(`${what}: ${said}.`, checkProxy, facts('retry-batch'));
  if (status === 407)
    return new Misconfigured(
      `${what}: ${said}: it does not accept the credentials.`,
      proxyCredentialsAdvice(prefix),
      facts('stop-run'),
    );
  if (status === 408 || status === 429 || status >= 500)
    return new Unreachable(
      `${what}: ${said}: it did not reach ${address}.`,
      `If this persists, check ${prefix}URL, and the log of the proxy.`,
      facts('retry-batch'),
    );
  return new Misconfigured(
    `${what}: ${said}: it opens no connection to ${address}.`,
    `Allow this host in the proxy, or check ${prefix}PROXY. NO_PROXY names hosts that are reached without it.`,
    facts('stop-run'),
  );
}
