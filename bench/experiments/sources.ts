import { once } from 'node:events';
import { createReadStream, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { ownContender, play, type Sample } from '../contender.ts';
import { hasOpenLdap, startDirectory } from '../directory.ts';
import type { Experiment } from '../experiment.ts';
import { type Fixture, podHeap, startVendors } from '../fixture.ts';
import type { Check } from '../result.ts';
import { figure } from '../stats.ts';

const few = 10_000;
const most = 1_000_000;

/** Where a roster comes from, and how a contender is to read it. */
interface Source {
  readonly name: string;
  open(fixture: Fixture, users: number): Promise<OpenSource>;
}

interface OpenSource {
  readonly environment?: Readonly<Record<string, string>>;
  /** What standard input is to be. */
  readonly input?: string;
  close?(): Promise<void>;
}

const sources: readonly Source[] = [
  { name: 'file', open: async () => ({}) },
  {
    name: 'standard input',
    open: async (fixture, users) => ({
      environment: { CARETAKER_ROSTER: '-' },
      input: await fixture.roster(users),
    }),
  },
  { name: 'https', open: openWebServer },
  { name: 'superoffice:', open: (_, users) => openAssociates(users, 'superoffice:') },
  {
    name: 'file joined with superoffice:',
    open: async (fixture, users) => openAssociates(users, `${await fixture.roster(users)} superoffice:`),
  },
  ...(hasOpenLdap ? [{ name: 'directory (OpenLDAP)', open: openDirectory }] : []),
];

/** Whether reading a long roster takes more memory than a short one, wherever it comes from. */
export const rosterSources: Experiment = {
  name: 'sources',
  async measure(fixture, { quick, tell }) {
    const measured = new Map<string, Map<number, Sample>>();
    for (const source of sources) {
      const samples = new Map<number, Sample>();
      for (const users of quick ? [few] : [few, most]) {
        const sample = await playSource(fixture, source, users);
        samples.set(users, sample);
        tell(`  ${source.name}, ${users} users: ${figure(sample.seconds)} s, ${figure(sample.peakMb)} MB`);
      }
      measured.set(source.name, samples);
    }
    return {
      name: 'sources',
      title: 'Where the roster comes from: ten thousand users and a million',
      how: `A purge in observe, which reads its roster, looks for duplicates, plans and writes nothing: the memory is that of the reading. A heap of at most 192 MB and semi-spaces of 16 MB as in k8s/. Web server and directory are processes of their own, on the same machine.${hasOpenLdap ? '' : ' The directory is left out: no slapd was found.'}`,
      columns: ['roster', 'users', 'seconds', 'CPU µs per user', 'peak MB'],
      rows: [...measured].flatMap(([name, samples]) =>
        [...samples].map(([users, { seconds, cpuPerUser, peakMb }]) => [
          name,
          users.toLocaleString('en'),
          figure(seconds),
          figure(cpuPerUser),
          figure(peakMb),
        ]),
      ),
      checks: [...measured].flatMap(([name, samples]) => checksOf(name, samples)),
    };
  },
};

async function playSource(fixture: Fixture, source: Source, users: number): Promise<Sample> {
  const { environment, input, close } = await source.open(fixture, users);
  try {
    const own = ownContender(source.name, ['run', 'purge-windows', '--json'], users, {
      ...podHeap,
      CARETAKER_MODE: 'observe',
      ...environment,
    });
    const command = input === undefined ? own.command : fed(own.command, input);
    return await play(fixture, { ...own, command, requestsPerUser: 0 });
  } finally {
    await close?.();
  }
}

/** The same command with a file as its standard input; the shell becomes it. */
function fed(command: readonly string[], input: string): readonly string[] {
  return ['bash', '-c', 'input=$1; shift; exec "$@" < "$input"', 'bash', input, ...command];
}

function checksOf(name: string, samples: ReadonlyMap<number, Sample>): Check[] {
  const large = samples.get(most);
  if (!large) return [];
  return [
    {
      what: `${name}: peak memory at ${most.toLocaleString('en')} users as a multiple of that at ${few.toLocaleString('en')}`,
      value: large.peakMb / (samples.get(few)?.peakMb ?? Number.NaN),
      atMost: 1.3,
    },
  ];
}

async function openWebServer(fixture: Fixture, users: number): Promise<OpenSource> {
  const path = await fixture.roster(users);
  const { size } = await stat(path);
  const certificates = fileURLToPath(new URL('../../test/clients/fixtures/', import.meta.url));
  const tls = {
    cert: readFileSync(join(certificates, 'server.pem')),
    key: readFileSync(join(certificates, 'server.key.pem')),
  };
  const server = createServer(tls, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/csv', 'content-length': size });
    // A contender that leaves early is its own matter.
    pipeline(createReadStream(path), response).catch(() => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    environment: {
      CARETAKER_ROSTER: `https://127.0.0.1:${port}/users.csv`,
      ROSTER_HTTP_CA_FILE: join(certificates, 'authority.pem'),
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** So many associates, in a SuperOffice of their own. */
async function openAssociates(users: number, roster: string): Promise<OpenSource> {
  const vendors = await startVendors(users);
  return {
    environment: {
      CARETAKER_ROSTER: roster,
      SUPEROFFICE_URL: vendors.superoffice,
      ...(roster === 'superoffice:' ? {} : { CARETAKER_ROSTER_JOIN: 'lower-case' }),
    },
    async close() {
      vendors.end();
    },
  };
}

function openDirectory(fixture: Fixture, users: number): Promise<OpenSource> {
  return startDirectory(fixture.people, users, join(fixture.folder, `directory-${users}`));
}
