import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../../simulators/redis/find.ts';
import { freePort } from '../../simulators/redis/free-port.ts';
import { startWatchdog } from '../../simulators/redis/watchdog.ts';

/** An entry below the suffix: its attributes by name. */
export interface Person {
  readonly uid: string;
  readonly [attribute: string]: string;
}

/** How a directory is to be. */
export interface OpenLdapOptions {
  readonly people: readonly Person[];
  /** Lines of slapd.conf(5) for the database: access, limits. Without any, the reader may read everything. */
  readonly settings?: readonly string[];
  /** A certificate and its key. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Of an earlier directory, whose place this one takes; otherwise a free one. */
  readonly port?: number;
  /** Entries of LDIF behind the people. */
  readonly ldif?: string;
}

/** An OpenLDAP of one's own on loopback, gone when its starter is gone. */
export interface OpenLdap {
  readonly url: string;
  readonly secureUrl: string;
  close(): Promise<void>;
}

/** Who is signed in may read everything. */
export const open = 'access to * by users read by * auth';
export const suffix = 'dc=example,dc=com';
export const reader = { dn: `cn=reader,${suffix}`, password: 'canary-ldap-password' };

const program = findProgram(['slapd'], process.env, ['/usr/sbin', '/usr/local/sbin', '/usr/libexec']);
const loader = findProgram(['slapadd'], process.env, ['/usr/sbin', '/usr/local/sbin']);

/** Why there is no directory here; undefined where there is one. */
export const noOpenLdap =
  program && loader ? undefined : 'no slapd was found: install it (apt-get install slapd)';

/** Schema of the attributes that Active Directory has beside those of the standard. */
const schema = `attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP top AUXILIARY MAY ( sAMAccountName $ userAccountControl ) )
`;

/** Loads the people and starts the server on free ports. */
export async function startOpenLdap(options: OpenLdapOptions): Promise<OpenLdap> {
  const { people, settings, tls, ldif = '' } = options;
  if (!program || !loader) throw new Error(noOpenLdap);
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-ldap-'));
  const watchdog = startWatchdog(folder);
  const data = join(folder, 'data');
  mkdirSync(data);
  const configuration = join(folder, 'slapd.conf');
  writeFileSync(configuration, configure(data, settings ?? [open, 'limits users size=unlimited'], tls));
  const content = join(folder, 'content.ldif');
  writeFileSync(content, [...head, ...people.map(toLdif), ldif].join('\n'));
  execFileSync(loader, ['-q', '-f', configuration, '-l', content], { stdio: 'pipe' });
  const [port, securePort] = [options.port ?? (await freePort()), await freePort()];
  const addresses = [`ldap://127.0.0.1:${port}/`, ...(tls ? [`ldaps://127.0.0.1:${securePort}/`] : [])];
  const server = spawn(program, ['-h', addresses.join(' '), '-f', configuration, '-d', '0'], {
    stdio: 'ignore',
  });
  const ended = once(server, 'exit');
  watchdog.guard(server.pid);
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error(`slapd ended with ${server.exitCode}`);
    await delay(5);
  }
  return {
    url: `ldap://127.0.0.1:${port}`,
    secureUrl: `ldaps://127.0.0.1:${securePort}`,
    async close() {
      server.kill('SIGKILL');
      await ended;
      watchdog.guard(undefined);
      await watchdog.dismiss();
    },
  };
}

function configure(data: string, settings: readonly string[], tls: OpenLdapOptions['tls']): string {
  return [
    ...['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`),
    schema,
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    ...(tls ? [`TLSCertificateFile ${tls.certificate}`, `TLSCertificateKeyFile ${tls.key}`] : []),
    'database mdb',
    `suffix "${suffix}"`,
    `directory ${data}`,
    'maxsize 268435456',
    ...settings,
    '',
  ].join('\n');
}

const head = [
  `dn: ${suffix}\nobjectClass: domain\ndc: example\n`,
  `dn: ${reader.dn}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: ${reader.password}\n`,
  `dn: ou=people,${suffix}\nobjectClass: organizationalUnit\nou: people\n`,
];

function toLdif({ uid, ...attributes }: Person): string {
  const more = Object.entries(attributes).map(([name, value]) => `${name}:: ${base64(value)}\n`);
  return `dn: uid=${uid},ou=people,${suffix}\nobjectClass: inetOrgPerson\nobjectClass: user\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\n${more.join('')}`;
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A certificate of its own authority for 127.0.0.1, which is valid until a day: `20200102000000Z`. */
export function makeCertificate(until: string): { readonly certificate: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-certificate-'));
  const path = (name: string) => join(folder, name);
  writeFileSync(path('index.txt'), '');
  writeFileSync(path('serial'), '01\n');
  writeFileSync(
    path('openssl.cnf'),
    `[ca]\ndefault_ca=own\n[own]\ndatabase=${path('index.txt')}\nserial=${path('serial')}\nnew_certs_dir=${folder}\ndefault_md=sha256\npolicy=any\nx509_extensions=server\n[any]\ncommonName=supplied\n[server]\nbasicConstraints=CA:TRUE\nsubjectAltName=IP:127.0.0.1\n[req]\ndistinguished_name=name\n[name]\n`,
  );
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'pipe' });
  const key = path('key.pem');
  const config = ['-config', path('openssl.cnf')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-new',
    ...config,
    ...curve,
    '-keyout',
    key,
    '-subj',
    '/CN=directory',
    '-out',
    path('request.pem'),
  );
  const dates = ['-startdate', '20200101000000Z', '-enddate', until];
  const certificate = path('certificate.pem');
  openssl(
    'ca',
    '-batch',
    '-selfsign',
    ...config,
    '-keyfile',
    key,
    ...dates,
    '-in',
    path('request.pem'),
    '-notext',
    '-out',
    certificate,
  );
  return { certificate, key };
}
