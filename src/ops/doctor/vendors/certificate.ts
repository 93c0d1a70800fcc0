import { envPrefix, type Vendor } from '../../../domain/vendor.ts';
import { certificateCodes } from '../../../security/tls.ts';
import { type Line, linesOf } from '../check.ts';
import type { ServerCertificate } from './handshake.ts';

const warnDaysLeft = 21;
const dayMs = 86_400_000;

/** Whether the certificate of a server is trusted, and for how long it is still valid. */
export function certificateLine(
  vendor: Vendor,
  { validToMs, untrusted }: ServerCertificate,
  nowMs: number,
): Line {
  const { ok, warn, fail } = linesOf(vendor);
  const days = Math.floor((validToMs - nowMs) / dayMs);
  if (days < 0)
    return fail('certificate', `expired ${-days} days ago`, 'Renew the certificate on the server.');
  if (untrusted === certificateCodes.expired)
    return fail('certificate', 'is of an authority whose certificate has expired', 'Renew it on the server.');
  if (untrusted === certificateCodes.notYetValid)
    return fail('certificate', 'is not valid yet', 'Correct the clock of this machine, or the certificate.');
  if (untrusted !== undefined) {
    return fail(
      'certificate',
      `is not trusted (${untrusted})`,
      untrusted === 'ERR_TLS_CERT_ALTNAME_INVALID'
        ? `Set ${envPrefix(vendor)}URL to the host name in the certificate.`
        : `Set ${envPrefix(vendor)}CA_FILE to the certificate authority of the server.`,
    );
  }
  const found = `trusted, valid for ${days} more days`;
  return days < warnDaysLeft
    ? warn('certificate', found, 'Renew the certificate on the server soon.')
    : ok('certificate', found);
}
