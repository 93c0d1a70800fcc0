import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DateTime } from 'luxon';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openConfiguredRoster } from '../../../src/commands/setup/config.ts';
import type { Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { startServer } from '../../clients/local-server.ts';
import { noOpenLdap, reader, startOpenLdap, suffix } from '../../support/openldap.ts';

/** A secret as Kubernetes mounts it: behind two links, of which a rotation replaces one. */
function mountSecret(first: string) {
  const folder = mkdtempSync(join(tmpdir(), 'rotation-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let versions = 0;
  function rotate(value: string): void {
    versions += 1;
    const version = `..version-${versions}`;
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'secret'), value);
    symlinkSync(version, join(folder, '..next'));
    renameSync(join(folder, '..next'), join(folder, '..data'));
  }
  rotate(first);
  symlinkSync(join('..data', 'secret'), join(folder, 'secret'));
  return { path: join(folder, 'secret'), rotate };
}

async function usersOf(config: Config): Promise<number> {
  const roster = await openConfiguredRoster({ input: Readable.from([]), now: () => DateTime.now() }, config);
  try {
    return (await Array.fromAsync(roster.read(DateTime.now()))).flat().length;
  } finally {
    await roster.close();
  }
}

describe('a secret of the roster that is rotated', () => {
  it('a web server is asked with what the file holds at the opening, and keeps the old one while the file is empty', async () => {
    let accepted = 'Bearer first-kanari-token';
    const server = await startServer(({ headers }, response) => {
      if (headers.authorization === accepted) response.writeHead(200).end('username\nanna\n');
      else response.writeHead(401).end();
    });
    const secret = mountSecret(accepted);
    const environment = {
      CARETAKER_ROSTER: new URL('/users.csv', server.url).href,
      ROSTER_HTTP_HEADER_VALUE_FILE: secret.path,
    };
    const config = loadConfig(environment, [], DateTime.now());
    expect(await usersOf(config)).toBe(1);
    secret.rotate('');
    expect(await usersOf(config)).toBe(1);
    accepted = 'Bearer second-kanari-token';
    await expect(usersOf(config)).rejects.toThrow('401');
    secret.rotate(accepted);
    expect(await usersOf(config)).toBe(1);
    // Whatever is read again is kept out of every output.
    expect(config.secrets).toContain(accepted);
  });

  it.skipIf(noOpenLdap)(
    `a directory is signed in to with what the file holds at the opening ${noOpenLdap ?? ''}`.trim(),
    async () => {
      const people = [{ uid: 'anna', sAMAccountName: 'anna' }];
      const directory = await startOpenLdap({ people });
      onTestFinished(() => directory.close());
      const secret = mountSecret('an-old-kanari-password');
      const environment = {
        CARETAKER_ROSTER: directory.url,
        ROSTER_LDAP_BASE: `ou=people,${suffix}`,
        ROSTER_LDAP_FILTER: '(objectClass=user)',
        ROSTER_LDAP_BIND_DN: reader.dn,
        ROSTER_LDAP_BIND_PASSWORD_FILE: secret.path,
      };
      const config = loadConfig(environment, [], DateTime.now());
      await expect(usersOf(config)).rejects.toThrow('LDAP result code 49');
      secret.rotate(`${reader.password}\n`);
      expect(await usersOf(config)).toBe(1);
      expect(config.secrets).toContain(reader.password);
    },
  );
});
