import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { SettingError } from '../domain/setting-error.ts';
import { systemErrorText } from '../domain/system-error.ts';
import { bundleProblem } from './certificates.ts';

/** How connections are secured; empty means as Node.js does by itself. */
export interface TlsSettings {
  readonly secureContext?: SecureContext;
}

/** The PEM files of a vendor's configuration. */
export interface PemFiles {
  readonly caFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly keyPassphrase?: string | undefined;
}

/**
 * Reads the PEM files once, for all connections. The authorities of `caFile` are trusted beside those of Node.js and of
 * the system.
 *
 * @throws SettingError that names the variable (`prefix` + `CA_FILE` …) and the path
 */
export function readTls(prefix: string, files: PemFiles): TlsSettings {
  const { caFile, certificateFile, keyFile } = files;
  if (caFile === undefined && certificateFile === undefined) return {};
  const authorities =
    caFile === undefined
      ? {}
      : {
          ca: [
            ...new Set([...getCACertificates('default'), ...getCACertificates('system')]),
            readCertificate(`${prefix}CA_FILE`, caFile),
          ],
        };
  if (certificateFile === undefined) return { secureContext: createSecureContext(authorities) };

  const cert = readCertificate(`${prefix}CERTIFICATE_FILE`, certificateFile);
  if (keyFile === undefined) {
    throw new SettingError(
      `${prefix}KEY_FILE is missing.`,
      `Set it to the private key of the certificate ${certificateFile}.`,
    );
  }
  const key = readKey(prefix, keyFile, files.keyPassphrase);
  if (!new X509Certificate(cert).checkPrivateKey(key)) {
    throw new SettingError(
      `${prefix}KEY_FILE: ${keyFile} is not the private key of ${certificateFile}.`,
      `Set ${prefix}KEY_FILE and ${prefix}CERTIFICATE_FILE to a key and its certificate.`,
    );
  }
  const pem = key.export({ type: 'pkcs8', format: 'pem' });
  return { secureContext: createSecureContext({ ...authorities, cert, key: pem }) };
}

/** Codes of node:tls for a certificate that no setting makes valid. */
export const certificateCodes = { expired: 'CERT_HAS_EXPIRED', notYetValid: 'CERT_NOT_YET_VALID' } as const;

/** Codes of node:tls for a certificate of the server that we do not trust. */
const untrusted =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;

/** Whether the code of an error says that the certificate of a server is not trusted, or is for another host. */
export function isUntrustedCertificate(code: string | undefined): boolean {
  return code !== undefined && untrusted.test(code);
}

function readCertificate(variable: string, path: string): string {
  const pem = readPem(variable, path);
  const problem = bundleProblem(pem);
  if (problem !== undefined) {
    throw new SettingError(
      `${variable}: ${path} ${problem}.`,
      'Name a file of whole certificates, each of which begins a line with -----BEGIN CERTIFICATE-----.',
    );
  }
  return pem;
}

function readKey(prefix: string, path: string, passphrase: string | undefined) {
  const pem = readPem(`${prefix}KEY_FILE`, path);
  try {
    return createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    throw new SettingError(
      `${prefix}KEY_FILE: ${path} contains no private key in PEM format, or ${prefix}KEY_PASSPHRASE does not decrypt it.`,
      'Check the file and the passphrase.',
    );
  }
}

function readPem(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SettingError(
      `${variable}: the file ${path} cannot be read: ${systemErrorText(error)}.`,
      'Check the path and its permissions.',
    );
  }
}
