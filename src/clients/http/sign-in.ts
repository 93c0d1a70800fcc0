import type { FromFiles } from '../../config/vendors.ts';
import type { Call, RawAnswer } from '../call.ts';
import type { Transport, TransportSettings } from './transport.ts';

/** Sends with what signs in now. */
export interface SignIn {
  /** Counts the changes of what signs in. */
  readonly version: number;
  /** Reads the files again if they have changed. */
  look(): void;
  deliver(call: Call): Promise<RawAnswer>;
  /**
   * Sends a call once more that was answered 401, if the files hold something else than what it was sent with and the
   * server has not refused that as well. `onSend` hears that it is sent. Resolves to undefined when it is not.
   */
  again(call: Call, version: number, onSend: () => void): Promise<RawAnswer | undefined>;
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

  async function tried(call: Call): Promise<RawAnswer> {
    while (verdict === undefined && trial) await trial;
    if (verdict === 'accepted') return transport.deliver(call);
    if (verdict !== undefined) return verdict;
    const triedVersion = version;
    const answered = transport.deliver(call);
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
    deliver: (call) => (verdict === undefined ? tried(call) : transport.deliver(call)),
    async again(call, sentWith, onSend) {
      while (verdict === undefined && trial) await trial;
      if (sentWith === version && !renew()) return undefined;
      if (verdict !== undefined && verdict !== 'accepted') return undefined;
      onSend();
      return tried(call);
    },
  };
}
