import { keyedHash } from '../../security/keyed-hash.ts';
import { redactor } from '../../security/redact.ts';
import { secretParts } from '../../security/secret-parts.ts';
import { confirmationOf } from './confirmation.ts';
import { openFixedWay } from './fixed-way.ts';
import type { HttpOptions, HttpSettings } from './http-settings.ts';
import { askServerTime } from './server-time.ts';
import { type ConnectionState, createSessions, type Http, type Meter } from './session.ts';
import type { Rules } from './transport/transfer.ts';
import { unlessAborted } from './turn.ts';

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

/**
 * Opens the connections to a vendor. Nothing is retried but a 401 with secrets that were read again, and what a server did
 * not begin to answer on a connection that it closed; no redirect is followed. The queue retries, whole batches.
 */
export function openHttp(settings: HttpSettings, options: HttpOptions = {}): VendorHttp {
  const { vendor } = settings;
  const { beforeRequest } = options;
  const connections: ConnectionState = { isClosed: false, refusedCode: undefined };
  const onCertificateRefused = (code: string) => {
    connections.refusedCode = code;
  };
  const secrets = [...settings.secrets];
  const redactKnown = redactor(secrets);
  let hash = keyedHash(settings.hashKey);
  const hooks = { onCertificateRefused, mayRepeat };
  const signIn =
    settings.openWay?.(hooks) ??
    openFixedWay(settings, hooks, (renewed) => {
      secrets.push(...renewed.secrets.filter((secret) => !secrets.includes(secret)));
      hash = keyedHash(renewed.hashKey);
    });
  const redact = (text: string) => signIn.redact(redactKnown(text));
  const holdsKnown = secretParts(secrets);
  const censor = { redact, holdsSecret: (text: string) => holdsKnown(text) || signIn.redact(text) !== text };
  const isConfirmed = confirmationOf(settings.confirmedBy);
  const openSession = createSessions({ vendor, signIn, connections, censor, isConfirmed }, options);

  /** A request that is repeated takes its turn in the budget and is counted as any other. */
  async function mayRepeat(...[caller, method]: Parameters<Rules['mayRepeat']>): Promise<boolean> {
    if (beforeRequest) await unlessAborted(beforeRequest, caller.signal);
    if (connections.isClosed || caller.signal?.aborted) return false;
    caller.requests += 1;
    const isWrite = method === 'PUT' || method === 'DELETE';
    if (isWrite) caller.repeatedWrites = (caller.repeatedWrites ?? 0) + 1;
    return true;
  }

  return {
    session(meter) {
      signIn.look();
      return openSession(meter, hash);
    },
    keyedHash() {
      signIn.look();
      return hash;
    },
    async serverTime() {
      if (connections.isClosed) return undefined;
      await beforeRequest?.();
      return askServerTime(signIn);
    },
    close() {
      connections.isClosed = true;
      return signIn.close();
    },
    destroy() {
      connections.isClosed = true;
      return signIn.destroy();
    },
  };
}
