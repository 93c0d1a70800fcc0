import type { FromFiles } from '../../config/vendors/vendors.ts';
import type { Redact } from '../../security/redact.ts';
import type { Call, RawAnswer } from '../call.ts';
import type { Caller, Rules } from './transport/transfer.ts';
import type { Transport, TransportSettings } from './transport/transport.ts';

/** Thrown for a call that waited until nothing more was to be sent. */
export const notSent = new Error('not sent');

/** Sends with what signs in now. */
export interface SignIn {
  /** Counts the changes of what signs in. */
  readonly version: number;
  /** Reads the files again if they have changed. */
  look(): void;
  /** Sends a call that was counted. Throws `notSent`, or what undici says of an exchange that failed. */
  deliver(call: Call, caller: Caller): Promise<RawAnswer>;
  /**
   * Sends a call once more that was answered 401 or 421, and counts it, if something else signs in now than what it was
   * sent with, or elsewhere, and the server has not refused that as well. Resolves to undefined when it is not sent.
   */
  again(call: Call, sent: Sent, caller: Caller): Promise<RawAnswer | undefined>;
}

/** How a call was sent, and what came of it. */
export interface Sent {
  readonly version: number;
  readonly status: number;
}

/** The way to a server whose address is looked up, and that signs in by itself. */
export interface Way extends SignIn, Pick<Transport, 'address' | 'close' | 'destroy'> {
  /** Takes out what signs in now. */
  readonly redact: Redact;
  /** Sends a call whose answer says nothing of what signs in. */
  ask(call: Call, caller: Caller): Promise<RawAnswer>;
}

/** What the connections of a way go by. */
export interface WayHooks extends Pick<Rules, 'mayRepeat'> {
  /** Hears the code of a server that refuses our certificate. */
  onCertificateRefused(code: string): void;
}

/** What signs in cannot change while the process runs. */
export function constantSignIn({ deliver }: Transport): SignIn {
  return { version: 0, look() {}, deliver, again: async () => undefined };
}

/**
 * What signs in stands in files and can change. Many wrong passwords lock an account, so what is new is tried by one
 * request, and the others wait for its answer: if it is 401 as well, it is theirs too and none of them is sent.
 *
 * @param onRenewed hears the settings that are used from then on
 */
export function renewableSignIn<Settings extends TransportSettings>(
  transport: Transport,
  files: FromFiles<Settings>,
  current: Settings,
  onRenewed: (settings: Settings) => void,
): SignIn {
  let version = 0;
  let stamp = files.stamp();
  let headers = JSON.stringify(current.headers);
  /** What the server has said of what signs in now; undefined when it has to be tried. What a process starts with is not. */
  let verdict: RawAnswer | 'accepted' | undefined = 'accepted';
  let trial: Promise<unknown> | undefined;

  /** @returns whether what signs in has changed */
  function renew(): boolean {
    const seen = files.stamp();
    const settings = files.read();
    if (!settings) return false;
    stamp = seen;
    transport.renew(settings);
    onRenewed(settings);
    const found = JSON.stringify(settings.headers);
    if (found === headers) return false;
    headers = found;
    version += 1;
    verdict = undefined;
    return true;
  }

  async function tried(call: Call, caller: Caller): Promise<RawAnswer> {
    while (verdict === undefined && trial) await trial;
    if (caller.signal?.aborted) {
      caller.requests -= 1;
      throw notSent;
    }
    if (verdict === 'accepted') return transport.deliver(call, caller);
    if (verdict !== undefined) {
      caller.requests -= 1;
      return verdict;
    }
    const triedVersion = version;
    const answered = transport.deliver(call, caller);
    trial = answered
      .then(
        (answer) => {
          if (version === triedVersion) verdict = answer.status === 401 ? answer : 'accepted';
        },
        // No answer says nothing: the next request tries.
        () => {},
      )
      .finally(() => {
        trial = undefined;
      });
    return answered;
  }

  return {
    get version() {
      return version;
    },
    look() {
      if (files.stamp() !== stamp) renew();
    },
    // What was refused long ago is sent again: perhaps an administrator has put the account right since.
    deliver: (call, caller) =>
      verdict === undefined ? tried(call, caller) : transport.deliver(call, caller),
    async again(call, { version: sentWith, status }, caller) {
      // Another address is nothing that files could hold.
      if (status !== 401) return undefined;
      while (verdict === undefined && trial) await trial;
      if (sentWith === version && !renew()) return undefined;
      const isRefused = verdict !== undefined && verdict !== 'accepted';
      if (isRefused || caller.signal?.aborted) return undefined;
      caller.requests += 1;
      return tried(call, caller);
    },
  };
}
