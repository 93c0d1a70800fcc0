import type { DateTime } from 'luxon';
import { VendorError } from '../../clients/errors/vendor-error.ts';
import type { Config } from '../../config/config.ts';
import type { PointsharpConfig, SuperofficeConfig } from '../../config/vendors.ts';
import type { User } from '../../domain/user.ts';
import { envPrefix, type Vendor } from '../../domain/vendor.ts';
import type { PemFiles } from '../../security/tls.ts';
import { type Line, linesOf, saidBy } from './check.ts';
import { type Handshake, shakeHands } from './handshake.ts';

const warnDaysLeft = 21;
/** The header Date has whole seconds, and gateways keep it for some. */
const warnApartMs = 30_000;
const slowMs = 2_000;
const dayMs = 86_400_000;

/** How the doctor asks a vendor about one user; reads only. */
export interface Question {
  readonly user: User;
  ask(): Promise<unknown>;
  /** The `Date` of the last answer. */
  date(): string | undefined;
}

/** Connects to a vendor, looks at its certificate, and asks it about the first users of the roster. */
export async function checkVendor(
  vendor: Vendor,
  config: Config,
  problem: string | undefined,
  timeoutMs: number,
  now: () => DateTime,
  questions: Promise<readonly Question[]>,
): Promise<readonly Line[]> {
  const { ok, fail, notChecked } = linesOf(vendor);
  const settings = config[vendor];
  if (!settings) return [notChecked('address', `no job needs it (${envPrefix(vendor)}URL is not set)`)];
  const { url } = settings;
  if (problem !== undefined) {
    return [fail('certificate', problem, `correct the files that ${envPrefix(vendor)}… names`)];
  }
  let hands: Handshake;
  try {
    hands = await shakeHands(url, envPrefix(vendor), filesOf(settings), timeoutMs);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = reasons[code] ?? saidBy(error);
    return [
      fail(
        'address',
        `no connection with ${url.origin}: ${why}${code ? ` (${code})` : ''}`,
        `check ${envPrefix(vendor)}URL, the name service, and whether a firewall or NetworkPolicy lets this pod out`,
      ),
      notChecked('sign-in', 'the address comes first'),
    ];
  }
  const lines: Line[] = [ok('address', `${url.origin} is ${hands.address}, connected in ${hands.tookMs} ms`)];
  const certificate = hands.certificate && certificateLine(vendor, hands.certificate, now().toMillis());
  if (certificate) lines.push(certificate);
  if (certificate?.health === 'fail') return [...lines, notChecked('sign-in', 'the certificate comes first')];
  return [...lines, ...(await askLines(vendor, await questions, now))];
}

/** The PEM files that a connection needs: without its certificate a server may hang up. */
function filesOf(settings: PointsharpConfig | SuperofficeConfig): PemFiles {
  const { caFile } = settings;
  if (settings.auth !== 'certificate') return { caFile };
  const { certificateFile, keyFile, keyPassphrase } = settings;
  return { caFile, certificateFile, keyFile, keyPassphrase };
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name service does not answer',
  ETIMEDOUT: 'no connection came about in time',
  ECONNRESET: 'the connection was reset',
};

/** Whether the certificate of a server is trusted, and how long it is valid yet. */
export function certificateLine(
  vendor: Vendor,
  { validToMs, untrusted }: NonNullable<Handshake['certificate']>,
  nowMs: number,
): Line {
  const { ok, warn, fail } = linesOf(vendor);
  const days = Math.floor((validToMs - nowMs) / dayMs);
  if (untrusted === 'CERT_HAS_EXPIRED' || days < 0) {
    return fail('certificate', `expired ${-days} days ago`, 'renew the certificate on the server');
  }
  if (untrusted !== undefined) {
    return fail(
      'certificate',
      `is not trusted (${untrusted})`,
      untrusted === 'ERR_TLS_CERT_ALTNAME_INVALID'
        ? `write the host name of the certificate in ${envPrefix(vendor)}URL`
        : `put the certificate authority of the server into ${envPrefix(vendor)}CA_FILE`,
    );
  }
  const found = `trusted, valid for ${days} more days`;
  return days < warnDaysLeft
    ? warn('certificate', found, 'renew the certificate on the server soon')
    : ok('certificate', found);
}

async function askLines(
  vendor: Vendor,
  questions: readonly Question[],
  now: () => DateTime,
): Promise<readonly Line[]> {
  const { ok, warn, fail, notChecked } = linesOf(vendor);
  let refused: Line | undefined;
  for (const { user, ask, date } of questions) {
    const startedAt = performance.now();
    try {
      await ask();
    } catch (error) {
      const said = saidOf(error, user);
      if (error instanceof VendorError && error.name === 'Refused') {
        refused = warn(
          'sign-in',
          `answers, and refused all users asked about: ${said}`,
          'compare the roster with the users of the vendor',
        );
        continue;
      }
      const [found, remedy] = cut(said);
      return [fail('sign-in', found, remedy), ...clockLines(vendor, date(), now().toMillis())];
    }
    const ms = Math.round(performance.now() - startedAt);
    const answered = `signed in, read one user in ${ms} ms`;
    return [
      ms > slowMs
        ? warn('sign-in', answered, 'look at the load of the server; runs will take long')
        : ok('sign-in', answered),
      ...clockLines(vendor, date(), now().toMillis()),
    ];
  }
  return [refused ?? notChecked('sign-in', 'the roster gives no user to ask about')];
}

/** What a failure says, without the user it was about. */
function saidOf(error: unknown, { username }: User): string {
  const message = saidBy(error);
  const operation = error instanceof VendorError ? error.operation : '';
  const at = message.indexOf(' failed: ');
  const said = at < 0 ? message : `${operation}: ${message.slice(at + ' failed: '.length)}`;
  return username.length < 4 ? said : said.replaceAll(username, '(user)');
}

/** The messages of the clients are sentences; what to do stands from the second on. */
function cut(message: string): readonly [string, string] {
  const at = message.indexOf('. ');
  // Here there is no batch.
  const advice = message.slice(at + 2).replace(/^The batch is tried again; (if it stays so, )?/, '');
  if (at >= 0) return [message.slice(0, at), advice];
  return [message, 'look at what stands between us and the server'];
}

function clockLines(vendor: Vendor, date: string | undefined, nowMs: number): Line[] {
  const { ok, warn } = linesOf(vendor);
  const theirsMs = Date.parse(date ?? '');
  if (Number.isNaN(theirsMs)) return [];
  const apartMs = Math.abs(theirsMs - nowMs);
  const found = `${Math.round(apartMs / 1000)} s apart from ours`;
  return [
    apartMs > warnApartMs
      ? warn('clock', found, 'set both clocks by the same NTP server')
      : ok('clock', found),
  ];
}
