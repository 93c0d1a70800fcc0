import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

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
 * the system. Throws an Error that names the variable (`prefix` + `CA_FILE` …) and the path.
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
  if (keyFile === undefined)
    throw new Error(
      `${prefix}KEY_FILE is missing: the certificate ${certificateFile} needs its private key.`,
    );
  const key = readKey(prefix, keyFile, files.keyPassphrase);
  if (!new X509Certificate(cert).checkPrivateKey(key))
    throw new Error(
      `${prefix}KEY_FILE: ${keyFile} is not the private key of ${certificateFile} (${prefix}CERTIFICATE_FILE).`,
    );
  const pem = key.export({ type: 'pkcs8', format: 'pem' });
  return { secureContext: createSecureContext({ ...authorities, cert, key: pem }) };
}

function readCertificate(variable: string, path: string): string {
  const pem = readPem(variable, path);
  try {
    new X509Certificate(pem);
  } catch {
    throw new Error(`${variable}: ${path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).`);
  }
  return pem;
}

function readKey(prefix: string, path: string, passphrase: string | undefined) {
  const pem = readPem(`${prefix}KEY_FILE`, path);
  try {
    return createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    throw new Error(
      `${prefix}KEY_FILE: ${path} holds no private key in PEM form, or ${prefix}KEY_PASSPHRASE does not open it.`,
    );
  }
}

function readPem(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new Error(
      `${variable}: the file ${path} cannot be read${code}. Check the path and its permissions.`,
    );
  }
}
