import type { HttpSettings } from './http-settings.ts';
import { constantSignIn, renewableSignIn, type Way, type WayHooks } from './sign-in.ts';
import { openTransport } from './transport/transport.ts';

/**
 * The way to a server whose address is known and does not change.
 *
 * @param onRenewed hears the settings that are used from then on, where some of them stand in files
 */
export function openFixedWay(
  settings: HttpSettings,
  { onCertificateRefused, mayRepeat }: WayHooks,
  onRenewed: (settings: HttpSettings) => void,
): Way {
  const transport = openTransport(settings, onCertificateRefused, mayRepeat);
  const { address, close, destroy } = transport;
  const { redact = (text: string) => text } = settings;
  const how = settings.fromFiles
    ? renewableSignIn(transport, settings.fromFiles, settings, onRenewed)
    : constantSignIn(transport);
  // It counts its version by a getter, which a copy of it would not have.
  return Object.assign(how, { address, close, destroy, redact, ask: transport.deliver });
}
