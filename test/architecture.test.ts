import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The floors of the house, from the top. A file sees its own room and the rooms below, never a room beside it. */
const floors = [
  ['caretaker.ts'],
  ['commands'],
  ['ops'],
  ['queue'],
  ['runs'],
  ['jobs'],
  ['policies', 'clients', 'roster'],
  ['config'],
];
/** What is loaded only when it is wanted: by import(…), from anywhere but itself. */
const lateRooms = /^src\/ops\/traces\//;
/** Whatever is no room: who may see it. Everything else gets a logger handed in. */
const logUsers = ['caretaker.ts', 'commands', 'queue'];
/** The rooms that may touch the environment, the clock and signals; the others are handed what they need. */
const doorRooms = ['caretaker.ts', 'commands'];
/** Packages that only these files may import. */
const packageHomes: Readonly<Record<string, RegExp>> = {
  bullmq: /^src\/queue\//,
  '@bull-board': /^src\/ops\/console\//,
  fastify: /^src\/ops\//,
  '@fastify': /^src\/ops\/console\//,
  undici: /^src\/clients\/(connections|transfer|connector)\.ts$/,
  '@opentelemetry': /^src\/ops\/traces\//,
  'bullmq-otel': /^src\/ops\/traces\//,
  'node:process': /^src\/(caretaker\.ts$|commands\/)/,
};
const outside =
  /\bprocess\.(env|on|once)\b|\bDate\.now\b|\bnew Date\(\s*\)|\bDateTime\.(now\(|(utc|local)\(\s*[){])|\bTemporal\.Now\b/g;

type Sources = ReadonlyMap<string, string>;

interface Import {
  readonly from: string;
  /** A path of the project, or the name of a package. */
  readonly to: string;
  readonly isDynamic: boolean;
}

function withoutComments(text: string): string {
  return text.replace(/(^|\s)\/\*[\s\S]*?\*\//g, '$1').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function importsOf(file: string, text: string): Import[] {
  const named = /^\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*['"]([^'"]+)['"]/gm;
  const dynamic = /\bimport\(\s*['"`]([^'"`]+)['"`]/g;
  const code = withoutComments(text);
  return [named, dynamic].flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, name = '']) => ({
      from: file,
      to: name.startsWith('.') ? posix.join(posix.dirname(file), name) : name,
      isDynamic: pattern === dynamic,
    })),
  );
}

/** `src/jobs/index.ts` → `jobs`, `src/log.ts` → `log.ts`; `undefined` for what is not in src. */
function roomOf(path: string): string | undefined {
  const [top, room] = path.split('/');
  return top === 'src' ? room : undefined;
}

function floorOf(room: string): number {
  return floors.findIndex((rooms) => rooms.includes(room));
}

/** They work on simulated vendors, which are no part of a production image. */
const trialCommands = /^src\/commands\/(demo|demo-\w+|simulate)\.ts$/;

function problemOf({ from, to, isDynamic }: Import): string | undefined {
  const home = packageHomes[to.split('/')[0] ?? ''] ?? packageHomes[to];
  const [here, there] = [roomOf(from), roomOf(to)];
  if (here && home && !home.test(from)) return `only ${home.source} may`;
  if (!here) return there ? 'simulators stand for the vendors and know nothing of src' : undefined;
  if (to.startsWith('simulators/')) {
    return trialCommands.test(from) ? undefined : 'only the commands for trials may: production has none';
  }
  if (trialCommands.test(to) && !trialCommands.test(from) && !isDynamic) {
    return 'commands for trials are loaded by import(…) when they are called';
  }
  if (lateRooms.test(to) && !lateRooms.test(from) && !isDynamic)
    return 'it is loaded by import(…) when wanted';
  if (!there || here === there) return;
  if (there === 'log.ts') return logUsers.includes(here) ? undefined : `${here} gets a logger handed in`;
  if (here === 'log.ts')
    return ['clients', 'config'].includes(there) ? undefined : 'the log may see clients and config only';
  if (floorOf(here) < 0 || floorOf(there) < 0) return;
  return floorOf(here) < floorOf(there) ? undefined : `${here} may not see ${there}`;
}

function cycles(imports: readonly Import[]): string[] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const found: string[] = [];
  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) {
      found.push(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
      return;
    }
    if (done.has(file)) return;
    for (const { to } of targets.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  }
  for (const file of targets.keys()) visit(file, []);
  return found;
}

/** Everything that is wrong with the arrows of these files, each with its file. */
function problems(sources: Sources): string[] {
  const imports = [...sources].flatMap(([file, text]) => importsOf(file, text));
  const files = [...sources.keys()];
  const roomless = files.filter((file) => {
    const room = roomOf(file);
    return room !== undefined && room !== 'log.ts' && floorOf(room) < 0;
  });
  const touching = [...sources].flatMap(([file, text]) => {
    const room = roomOf(file);
    if (room === undefined || doorRooms.includes(room)) return [];
    return [...withoutComments(text).matchAll(outside)].map(
      ([word]) => `${file} uses ${word}: only ${doorRooms.join(' and ')} may; have it handed in`,
    );
  });
  const climbing = imports.flatMap((arrow) => {
    const problem = problemOf(arrow);
    return problem ? [`${arrow.from} imports ${arrow.to}: ${problem}`] : [];
  });
  return [
    ...roomless.map((file) => `${file} is in no room: a new room must be given a floor`),
    ...climbing,
    ...touching,
    ...cycles(imports),
  ];
}

const root = join(import.meta.dirname, '..');
const house: Sources = new Map(
  globSync(['src/**/*.ts', 'simulators/**/*.ts'], { cwd: root }).map((file) => [
    file.replaceAll('\\', '/'),
    readFileSync(join(root, file), 'utf8'),
  ]),
);

describe('the house', () => {
  it('has only arrows that go down', () => {
    expect(house.size).toBeGreaterThan(20);
    expect(problems(house)).toEqual([]);
  });
});

describe('the check of the arrows', () => {
  it.each([
    ['src/jobs/a.ts', 'jobs may not see queue', "import { b } from '../queue/b.ts';"],
    ['src/runs/a.ts', 'runs may not see commands', "import type { B } from '../commands/b.ts';"],
    [
      'src/policies/a.ts',
      'policies may not see clients',
      "import {\n  b,\n  type C,\n} from '../clients/deep/b.ts';",
    ],
    ['src/clients/deep/a.ts', 'clients may not see roster', "export * from '../../roster/user.ts';"],
    ['src/queue/a.ts', 'queue may not see commands', "const b = await import('../commands/b.ts');"],
    ['src/config/a.ts', 'config may not see jobs', "import '../jobs/b.ts';"],
    ['src/commands/a.ts', 'commands may not see caretaker.ts', "import { main } from '../caretaker.ts';"],
    ['src/jobs/a.ts', 'gets a logger handed in', "import { log } from '../log.ts';"],
    ['src/runs/a.ts', 'only ^src\\/queue\\/ may', "import { Queue } from 'bullmq';"],
    ['src/clients/a.ts', 'only ^src', "import { Pool } from 'undici';"],
    [
      'src/ops/a.ts',
      'only ^src\\/ops\\/console\\/ may',
      "import { createBullBoard } from '@bull-board/api';",
    ],
    ['src/jobs/a.ts', 'only ^src', "import { env } from 'node:process';"],
    ['src/jobs/a.ts', 'only the commands for trials may', "import('../../simulators/b.ts');"],
    ['src/commands/a.ts', 'only the commands for trials may', "import { b } from '../../simulators/b.ts';"],
    ['src/commands/a.ts', 'only the commands for trials may', "import('../../simulators/b.ts');"],
    ['src/commands/a.ts', 'are loaded by import(…)', "import { demo } from './demo.ts';"],
    ['simulators/a.ts', 'know nothing of src', "import { b } from '../src/config/b.ts';"],
    ['src/ops/a.ts', 'only ^src', "import { trace } from '@opentelemetry/api';"],
    ['src/ops/a.ts', 'is loaded by import(…) when wanted', "import { b } from './traces/b.ts';"],
    ['src/attic/a.ts', 'a new room must be given a floor', ''],
    ['src/jobs/a.ts', 'uses Date.now', 'const now = Date.now();'],
    ['src/jobs/a.ts', 'uses new Date()', 'const now = new Date();'],
    ['src/runs/a.ts', 'uses DateTime.utc()', 'const now = DateTime.utc();'],
    ['src/queue/a.ts', 'uses process.on', "process.on('SIGTERM', stop);"],
  ])('finds in %s that %s', (file, problem, text) => {
    const found = problems(new Map([[file, text]]));
    expect(found).toEqual([expect.stringContaining(problem)]);
    expect(found[0]).toContain(file);
  });

  it('finds a cycle, also of types', () => {
    const a = "import type { B } from './b.ts';";
    const b = "import { c } from './c.ts';";
    const c = "import { a } from './a.ts';";
    const sources = new Map([
      ['src/jobs/a.ts', a],
      ['src/jobs/b.ts', b],
      ['src/jobs/c.ts', c],
    ]);
    expect(problems(sources)).toEqual([
      'cycle: src/jobs/a.ts → src/jobs/b.ts → src/jobs/c.ts → src/jobs/a.ts',
    ]);
  });

  it.each([
    ['src/ops/a.ts', "const { b } = await import('./traces/b.ts');"],
    ['src/ops/traces/a.ts', "import { trace } from '@opentelemetry/api';\nimport { b } from './b.ts';"],
    ['src/caretaker.ts', "import { run } from './commands/run.ts';\nprocess.on('SIGTERM', run);"],
    ['src/commands/demo-a.ts', "import { b } from '../../simulators/b.ts';\nconst now = Date.now();"],
    ['src/commands/a.ts', "const { demo } = await import('./demo.ts');"],
    ['src/queue/a.ts', "import { log } from '../log.ts';\nimport { Queue } from 'bullmq';"],
    ['src/jobs/a.ts', "import type { B } from '../clients/b.ts';\nimport { c } from '../config/c.ts';"],
    [
      'src/jobs/a.ts',
      "/* import { b } from '../queue/b.ts'; Date.now() */\n// process.env\nnew Date(0); DateTime.utc(2026);",
    ],
    ['src/jobs/a.ts', "const text = 'a';\nconst more = \"taken from 'bullmq'\";"],
  ])('finds nothing wrong in %s (%#)', (file, text) => {
    expect(problems(new Map([[file, text]]))).toEqual([]);
  });
});
