import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { People } from '../simulators/people/people.ts';
import { rosterUser } from '../simulators/people/roster.ts';
import { findProgram } from '../simulators/redis/find.ts';
import { freePort } from '../simulators/redis/free-port.ts';

const folders = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec'];
const server = findProgram(['slapd'], process.env, folders);
const loader = findProgram(['slapadd'], process.env, folders);

/** Whether there is an OpenLDAP to be measured with. */
export const hasOpenLdap = server !== undefined && loader !== undefined;

const suffix = 'dc=example,dc=com';
const reader = { dn: `cn=reader,${suffix}`, password: 'simulated' };

/** An OpenLDAP with people in it. */
interface Directory {
  /** What a contender has to know to read it. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts an OpenLDAP with the first so many people; `folder` is to be empty and somebody else's to clear away. */
export async function startDirectory(people: People, users: number, folder: string): Promise<Directory> {
  const data = join(folder, 'data');
  await mkdir(data, { recursive: true });
  const configuration = join(folder, 'slapd.conf');
  await writeFile(configuration, configure(data));
  const loading = execFile(loader ?? '', ['-q', '-f', configuration]);
  const loaded = once(loading, 'close');
  if (!loading.stdin) throw new Error('slapadd reads nothing.');
  await pipeline(Readable.from(ldif(people, users)), loading.stdin);
  const [code] = await loaded;
  if (code !== 0) throw new Error(`slapadd ended ${code}`);
  const port = await freePort();
  const url = `ldap://127.0.0.1:${port}`;
  const running = spawn(server ?? '', ['-h', `${url}/`, '-f', configuration, '-d', '0'], { stdio: 'ignore' });
  const ended = once(running, 'exit');
  while (!(await answers(port))) {
    if (running.exitCode !== null) throw new Error(`slapd ended ${running.exitCode}`);
    await delay(20);
  }
  return {
    environment: {
      CARETAKER_ROSTER: url,
      ROSTER_LDAP_BASE: `ou=people,${suffix}`,
      ROSTER_LDAP_FILTER: '(objectClass=inetOrgPerson)',
      ROSTER_LDAP_USERNAME_ATTRIBUTE: 'cn',
      ROSTER_LDAP_STORAGE: 'AD',
      ROSTER_LDAP_ASSOCIATE_ATTRIBUTE: 'employeeNumber',
      ROSTER_LDAP_BIND_DN: reader.dn,
      ROSTER_LDAP_BIND_PASSWORD: reader.password,
    },
    async close() {
      running.kill('SIGKILL');
      await ended;
    },
  };
}

function configure(data: string): string {
  return [
    ...['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`),
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    'database mdb',
    `suffix "${suffix}"`,
    `directory ${data}`,
    'maxsize 8589934592',
    'access to * by users read by * auth',
    'limits users size=unlimited',
    '',
  ].join('\n');
}

function* ldif(people: People, users: number): Iterable<string> {
  yield `dn: ${suffix}\nobjectClass: domain\ndc: example\n\n`;
  yield `dn: ${reader.dn}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: ${reader.password}\n\n`;
  yield `dn: ou=people,${suffix}\nobjectClass: organizationalUnit\nou: people\n\n`;
  let part = '';
  for (let index = 0; index < users; index += 1) {
    const { username, associateId } = rosterUser(people, index);
    const name = Buffer.from(username).toString('base64');
    part += `dn: uid=p${index},ou=people,${suffix}\nobjectClass: inetOrgPerson\nuid: p${index}\ncn:: ${name}\nsn:: ${name}\nemployeeNumber: ${associateId}\n\n`;
    if (part.length < 65_536) continue;
    yield part;
    part = '';
  }
  yield part;
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
