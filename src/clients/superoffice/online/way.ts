import type { FromFiles, SuperofficeConfig } from '../../../config/vendors/vendors.ts';
import { SettingError } from '../../../domain/setting-error.ts';
import type { Call, RawAnswer } from '../../call.ts';
import { notSent, type Way, type WayHooks } from '../../http/sign-in.ts';
import type { Caller } from '../../http/transport/transfer.ts';
import { openTransport, type Transport, type TransportSettings } from '../../http/transport/transport.ts';
import type { Credential } from './credentials.ts';
import type { Site } from './site.ts';

/** How the settings of the connections are made of those of the vendor; without what signs in, and with the address. */
type SettingsAt = (config: SuperofficeConfig, address: URL) => TransportSettings;

/** What a call was sent with, and where to. */
interface Sent {
  readonly credential: Credential;
  readonly address: string;
}

/**
 * The way to wherever the tenant is, with whatever signs in now. A 401 is answered by signing in again, a 421 (this host
 * does not serve the tenant) by looking up where it is, each once.
 */
export function openOnlineWay(
  site: Site,
  config: SuperofficeConfig,
  settingsAt: SettingsAt,
  { onCertificateRefused, mayRepeat }: WayHooks,
): Way {
  const files: FromFiles<SuperofficeConfig> | undefined = config.fromFiles;
  let current = config;
  let stamp = files?.stamp();
  let isClosed = false;
  let line: { readonly address: string; readonly transport: Transport; credential: Credential } | undefined;
  const open = new Set<Transport>();
  const sent = new WeakMap<Call, Sent>();

  async function deliver(call: Call, caller: Caller): Promise<RawAnswer> {
    const address = await site.address();
    const credential = await site.credentials.current();
    if (isClosed || caller.signal?.aborted) {
      caller.requests -= 1;
      throw notSent;
    }
    const { transport } = lineTo(address, credential);
    sent.set(call, { credential, address: address.href });
    site.credentials.used(credential);
    return transport.deliver(call, caller);
  }

  function lineTo(address: URL, credential: Credential) {
    if (line?.address !== address.href) {
      const before = line?.transport;
      const transport = openTransport(signedIn(address, credential), onCertificateRefused, mayRepeat);
      open.add(transport);
      line = { address: address.href, transport, credential };
      if (before) retire(before);
    } else if (line.credential !== credential) {
      line.credential = credential;
      line.transport.renew(signedIn(address, credential));
    }
    return line;
  }

  function signedIn(address: URL, { headers }: Credential): TransportSettings {
    const settings = settingsAt(current, address);
    return { ...settings, headers: { ...settings.headers, ...headers } };
  }

  /** What is in flight there comes to its end. */
  function retire(transport: Transport): void {
    transport.close().then(
      () => open.delete(transport),
      () => open.delete(transport),
    );
  }

  /** Whether something else signs in now, or the tenant is elsewhere, than a call was sent with. */
  async function hasChanged(call: Call, status: number): Promise<boolean> {
    const before = sent.get(call);
    if (!before) return false;
    if (status === 421) {
      // Others may have looked since.
      if ((await site.address()).href !== before.address) return true;
      await site.lookUp();
      return (await site.address()).href !== before.address;
    }
    look();
    return (await site.credentials.replace(before.credential)) !== undefined;
  }

  function look(): void {
    const found = files?.stamp();
    if (!files || found === stamp) return;
    const read = files.read();
    if (!read) return;
    try {
      site.renew(read);
    } catch (error) {
      // One of several files that are being replaced.
      if (error instanceof SettingError) return;
      throw error;
    }
    stamp = found;
    current = read;
    if (line) retire(line.transport);
    line = undefined;
  }

  return {
    version: 0,
    address: config.url.href,
    redact: site.redact,
    look,
    deliver,
    ask: deliver,
    async again(call, { status }, caller) {
      const tried = new Set<number>();
      let answer: RawAnswer | undefined;
      let last = status;
      while ((last === 401 || last === 421) && !tried.has(last)) {
        tried.add(last);
        if (caller.signal?.aborted || !(await hasChanged(call, last))) return answer;
        caller.requests += 1;
        answer = await deliver(call, caller);
        last = answer.status;
      }
      return answer;
    },
    async close() {
      isClosed = true;
      await Promise.all([site.close(), ...[...open].map((transport) => transport.close())]);
    },
    async destroy() {
      isClosed = true;
      await Promise.all([site.destroy(), ...[...open].map((transport) => transport.destroy())]);
    },
  };
}
