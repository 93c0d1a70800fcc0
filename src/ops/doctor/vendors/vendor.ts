import type { DateTime } from 'luxon';
import { ProxyFailure } from '../../../clients/errors/proxy-failure.ts';
import { Refused, VendorError } from '../../../clients/errors/vendor-error.ts';
import type { Config } from '../../../config/config.ts';
import type { PointsharpConfig, SuperofficeConfig } from '../../../config/vendors/vendors.ts';
import { mostApartMs } from '../../../domain/clocks.ts';
import { OperatorError } from '../../../domain/operator-error.ts';
import { codeWords, errorCode, systemErrorText } from '../../../domain/system-error.ts';
import type { User } from '../../../domain/user.ts';
import { envPrefix, type Vendor } from '../../../domain/vendor.ts';
import type { PemFiles } from '../../../security/tls.ts';
import { type Line, linesOf } from '../check.ts';
import { clockLine } from '../clock.ts';
import { certificateLine } from './certificate.ts';
import { type Handshake, shakeHands } from './handshake.ts';

/** The header Date has whole seconds, and gateways cache it for some. Beyond the second, runs stop. */
export const vendorClock = { warnMs: 30_000, failMs: mostApartMs };
const slowMs = 2_000;

/** A read of one user at a vendor. */
export interface Question {
  readonly user: User;
  ask(): Promise<unknown>;
  /** The `Date` of the last answer. */
  date(): string | undefined;
}

/** What a vendor is checked with. */
export interface VendorCheck {
  readonly vendor: Vendor;
  readonly config: Config;
  /** Why no connection can be set up from the configuration, as it was thrown; undefined when one can. */
  readonly setupError: unknown;
  /** How long connecting may take. */
  readonly timeoutMs: number;
  readonly now: () => DateTime;
  readonly questions: Promise<readonly Question[]>;
}

/** Connects to a vendor, checks its certificate, and reads the first users of the roster. */
export async function checkVendor({
  vendor,
  config,
  setupError,
  timeoutMs,
  now,
  questions,
}: VendorCheck): Promise<readonly Line[]> {
  const { ok, fail, failed, notChecked } = linesOf(vendor);
  const prefix = envPrefix(vendor);
  const settings = config[vendor];
  if (!settings) return [notChecked('address', `no job needs it (${prefix}URL is not set)`)];
  const { url } = settings;
  const correctFiles = `Correct the files that the variables ${prefix}…_FILE name.`;
  if (setupError !== undefined) return [failed('certificate', setupError, correctFiles)];
  let handshake: Handshake;
  try {
    const way = { prefix, files: filesOf(settings), proxy: settings.proxy };
    handshake = await shakeHands(url, way, timeoutMs);
  } catch (error) {
    return [
      error instanceof OperatorError && !(error instanceof ProxyFailure)
        ? failed('certificate', error, correctFiles)
        : fail(
            'address',
            `no connection to ${url.origin}: ${connectionText(error)}`,
            error instanceof ProxyFailure
              ? `Check ${prefix}PROXY, and whether the proxy lets this host connect to ${url.host}.`
              : `Check ${prefix}URL, DNS, and whether a firewall or a NetworkPolicy blocks this pod.`,
          ),
      notChecked('sign-in', 'the address comes first'),
    ];
  }
  const { address, tookMs } = handshake;
  const way = settings.proxy ? `is behind ${address}` : `is ${address}`;
  const lines: Line[] = [ok('address', `${url.origin} ${way}, connected in ${tookMs} ms`)];
  const certificate =
    handshake.certificate && certificateLine(vendor, handshake.certificate, now().toMillis());
  if (certificate) lines.push(certificate);
  if (certificate?.health === 'fail') return [...lines, notChecked('sign-in', 'the certificate comes first')];
  return [...lines, ...(await signInLines(vendor, await questions, now))];
}

/** The PEM files that a connection needs: a server may end one that shows no client certificate. */
function filesOf(settings: PointsharpConfig | SuperofficeConfig): PemFiles {
  const { caFile } = settings;
  if (settings.auth !== 'certificate') return { caFile };
  const { certificateFile, keyFile, keyPassphrase } = settings;
  return { caFile, certificateFile, keyFile, keyPassphrase };
}

/** What ended a connection. A code that the system has no words for is one of TLS. */
function connectionText(error: unknown): string {
  if (error instanceof ProxyFailure) return error.said;
  const code = errorCode(error);
  if (code === undefined || codeWords(code) !== undefined) return systemErrorText(error);
  return `TLS handshake failed (${code})`;
}

async function signInLines(
  vendor: Vendor,
  questions: readonly Question[],
  now: () => DateTime,
): Promise<readonly Line[]> {
  const { ok, warn, failed, notChecked } = linesOf(vendor);
  let refused: Line | undefined;
  let lastDate: string | undefined;
  for (const { user, ask, date } of questions) {
    const startedAt = performance.now();
    try {
      await ask();
    } catch (error) {
      lastDate = date();
      if (error instanceof Refused) {
        const found = `the vendor refuses every user that was tried. ${error.problem}`;
        const remedy = 'Compare the roster with the users of the vendor.';
        refused ??= withoutUser(warn('sign-in', found, remedy), user);
        continue;
      }
      const remedy = `Check the network between this host and ${envPrefix(vendor)}URL.`;
      const line = withoutUser(failed('sign-in', error, remedy), user);
      // Of one user it may say as little as a refusal; of all who are tried, it is the address or the rights.
      if (error instanceof VendorError && error.remedy === 'ask-others') {
        refused = line;
        continue;
      }
      return [line, ...clockLines(vendor, lastDate, now().toMillis())];
    }
    const ms = Math.round(performance.now() - startedAt);
    const found = `signed in, read one user in ${ms} ms`;
    return [
      ms > slowMs
        ? warn('sign-in', found, 'Check the load of the server; runs will take long.')
        : ok('sign-in', found),
      ...clockLines(vendor, date(), now().toMillis()),
    ];
  }
  return refused
    ? [refused, ...clockLines(vendor, lastDate, now().toMillis())]
    : [notChecked('sign-in', 'the roster has no user to read')];
}

/** A line that names no user. A short name is left out only where the clients name their user: it may be part of any word. */
function withoutUser(line: Line, { username }: User): Line {
  const named = line.found.replaceAll(` for ${username} `, ' for (user) ');
  return { ...line, found: username.length < 4 ? named : named.replaceAll(username, '(user)') };
}

function clockLines(vendor: Vendor, date: string | undefined, nowMs: number): Line[] {
  const theirsMs = Date.parse(date ?? '');
  return Number.isNaN(theirsMs) ? [] : [clockLine(vendor, theirsMs, nowMs, vendorClock)];
}
