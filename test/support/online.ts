import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type Online,
  type OnlineOptions,
  startSuperofficeOnline,
} from '../../simulators/superoffice/online/online.ts';

/** A SuperOffice Online that an app is registered with, and the environment that signs in there. */
export interface OnlineFixture {
  readonly online: Online;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Puts what the administrator has approved now into the files of secrets. */
  writeSecrets(): Promise<void>;
}

/** The key of the app, made for each file of tests: it takes a tenth of a second. */
const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
const clientId = '4f2b19a3c0d84e7ab1f0';
const appToken = 'app-canary-5d1e7c';

/** Starts it for the length of a test, with the way to sign in that is named. */
export async function openOnline(
  auth: 'refresh-token' | 'system-user',
  options: Partial<OnlineOptions> & { readonly redirectUri?: string } = {},
): Promise<OnlineFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-online-'));
  const app = {
    clientId,
    secret: appToken,
    redirectUri: options.redirectUri ?? 'http://127.0.0.1:7890/callback',
    publicKey: key.publicKey,
  };
  const online = await startSuperofficeOnline({ app, now: Date.UTC(2026, 8, 1), ...options });
  onTestFinished(async () => {
    await online.close();
    await rm(folder, { recursive: true, force: true });
  });
  const path = (name: string) => join(folder, name);
  async function writeSecrets() {
    await writeFile(path('refresh-token'), `${online.identity.refreshToken}\n`);
    await writeFile(path('system-user-token'), `${online.identity.systemUserToken}\n`);
  }
  await writeSecrets();
  await writeFile(path('key.pem'), key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const environment = {
    SUPEROFFICE_URL: '',
    SUPEROFFICE_AUTH: auth,
    SUPEROFFICE_LOGIN_URL: online.login.url,
    SUPEROFFICE_TENANT: online.tenant,
    SUPEROFFICE_CLIENT_ID: clientId,
    SUPEROFFICE_APP_TOKEN: appToken,
    SUPEROFFICE_REFRESH_TOKEN_FILE: path('refresh-token'),
    SUPEROFFICE_SYSTEM_USER_TOKEN_FILE: path('system-user-token'),
    SUPEROFFICE_SYSTEM_USER_KEY_FILE: path('key.pem'),
  };
  return { online, folder, environment, writeSecrets };
}
