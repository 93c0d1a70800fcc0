import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * The floors of the house, from the top: rooms, sub-rooms, and files that stand on a floor of their own. A file belongs
 * to the entry that names it most closely. It sees its own room and the floors below, never a room beside it.
 */
const floors: readonly (readonly string[])[] = [
  ['src/caretaker.ts'],
  ['src/commands/program'],
  [
    'src/commands/demo',
    'src/commands/plan',
    'src/commands/device',
    'src/commands/superoffice',
    'src/commands/roster',
    'src/commands',
  ],
  ['src/commands/run'],
  ['src/commands/setup', 'src/commands/terminal'],
  ['src/commands/context.ts', 'src/commands/usage-error.ts'],
  ['src/ops'],
  ['src/ops/console/index.ts'],
  ['src/ops/console/routes'],
  ['src/ops/health', 'src/ops/console', 'src/ops/doctor', 'src/ops/traces'],
  ['src/ops/doctor/vendors'],
  ['src/ops/doctor/roster'],
  ['src/ops/doctor/check.ts', 'src/ops/doctor/clock.ts', 'src/ops/doctor/limits.ts'],
  ['src/ops/metrics', 'src/ops/console/pages'],
  ['src/queue/views/attention'],
  ['src/queue/workers.ts', 'src/queue/contract.ts', 'src/queue/views'],
  ['src/queue/schedules'],
  ['src/queue/run-worker'],
  ['src/queue/run-worker/requests'],
  ['src/queue/run-worker/phases', 'src/queue/run-worker/reports'],
  ['src/queue/catch-up'],
  ['src/queue/batch-worker'],
  ['src/queue/records', 'src/queue/outlooks'],
  ['src/queue/records/runs'],
  ['src/queue/vendors'],
  ['src/queue/left-to-others'],
  ['src/queue'],
  ['src/queue/messages'],
  ['src/runs/plan-files'],
  ['src/runs'],
  ['src/jobs'],
  ['src/policies/timed-devices'],
  ['src/policies', 'src/clients', 'src/redis'],
  ['src/clients/pointsharp', 'src/clients/superoffice'],
  ['src/clients/superoffice/online'],
  ['src/clients/http'],
  ['src/clients/http/transport'],
  ['src/clients/arguments.ts'],
  ['src/clients/errors'],
  ['src/clients/call.ts', 'src/clients/vendor-texts.ts', 'src/clients/sizes.ts'],
  ['src/roster/sources'],
  ['src/roster/joining'],
  ['src/roster', 'src/config', 'src/log.ts'],
  ['src/roster/formats'],
  ['src/roster/joining/counts.ts'],
  ['src/roster/columns.ts', 'src/roster/errors.ts'],
  ['src/config/roster'],
  ['src/config/vendors'],
  ['src/config/settings', 'src/config/schedule'],
  ['src/config/kinds'],
  ['src/security', 'src/sorting'],
  ['src/domain'],
  ['simulators'],
  ['simulators/control'],
  ['simulators/worlds.ts'],
  ['simulators/superoffice/online'],
  ['simulators/pointsharp', 'simulators/superoffice'],
  ['simulators/http', 'simulators/redis'],
  ['simulators/people', 'simulators/clock.ts'],
];
/** What is loaded only when it is wanted: by import(…), from anywhere but itself. */
const lateRooms = /^src\/ops\/traces\//;
/** The rooms that open the log. Every other room gets a logger handed in. */
const logUsers = /^src\/(caretaker\.ts$|commands\/)/;
/** The rooms that may touch the environment, the clock and signals; the others are handed what they need. */
const outerRooms = /^src\/(caretaker\.ts$|commands\/)/;
/** How many unlike files a room may hold before it needs sub-rooms. */
const mostFiles = 20;
/** Packages that only these files may import. */
const packageHomes: Readonly<Record<string, RegExp>> = {
  bullmq: /^src\/queue\//,
  ioredis: /^src\/redis\//,
  '@bull-board': /^src\/ops\/console\//,
  fastify: /^src\/ops\//,
  '@fastify': /^src\/ops\/console\//,
  undici: /^src\/(clients\/http|roster\/sources)\//,
  ldapts: /^src\/roster\/sources\//,
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

/** The floor of a file, counted from the top, and how closely the entry names it; undefined for what stands on none. */
function floorOf(path: string): number | undefined {
  const named = floors.flatMap((entries, floor) =>
    entries
      .filter((entry) => path === entry || path.startsWith(`${entry}/`))
      .map((entry) => ({ entry, floor })),
  );
  return named.sort((one, other) => other.entry.length - one.entry.length)[0]?.floor;
}

/** Room and sub-room: `src/queue/records/pauses.ts` → `src/queue/records`. */
function roomOf(path: string): string {
  return posix.dirname(path);
}

/** They work on simulated vendors, which are no part of a production image. */
const demoCommands = /^src\/commands\/demo\//;

function problemOf({ from, to, isDynamic }: Import): string | undefined {
  const home = packageHomes[to.split('/')[0] ?? ''] ?? packageHomes[to];
  const isSource = from.startsWith('src/');
  if (isSource && home && !home.test(from)) return `only ${home.source} may`;
  if (!/^(src|simulators)\//.test(to)) return;
  if (!isSource && to.startsWith('src/')) return 'simulators stand for the vendors and know nothing of src';
  if (isSource && to.startsWith('simulators/')) {
    return demoCommands.test(from) ? undefined : 'only the commands for demos may: production has none';
  }
  if (demoCommands.test(to) && !demoCommands.test(from)) {
    return isDynamic ? undefined : 'commands for demos are loaded by import(…) when they are called';
  }
  if (lateRooms.test(to) && !lateRooms.test(from) && !isDynamic)
    return 'it is loaded by import(…) when wanted';
  if (to === 'src/log.ts') return logUsers.test(from) ? undefined : 'a logger is handed in';
  const [here, there] = [floorOf(from), floorOf(to)];
  if (here === undefined || there === undefined || here < there) return;
  return here === there && roomOf(from) === roomOf(to) ? undefined : 'arrows go down only';
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
  const touching = [...sources].flatMap(([file, text]) => {
    if (!file.startsWith('src/') || outerRooms.test(file)) return [];
    return [...withoutComments(text).matchAll(outside)].map(
      ([word]) => `${file} uses ${word}: only the commands may; have it handed in`,
    );
  });
  const climbing = imports.flatMap((arrow) => {
    const problem = problemOf(arrow);
    return problem ? [`${arrow.from} imports ${arrow.to}: ${problem}`] : [];
  });
  const crowded = [...Map.groupBy(files, roomOf)].filter(([, inside]) => inside.length > mostFiles);
  return [
    ...files
      .filter((file) => floorOf(file) === undefined)
      .map((file) => `${file} is in no room: a new room must be given a floor`),
    ...crowded.map(([room, inside]) => `${room} holds ${inside.length} files: give it sub-rooms`),
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
  it('the house has only arrows that go down', () => {
    expect(house.size).toBeGreaterThan(20);
    expect(problems(house)).toEqual([]);
  });
});

describe('the check of the arrows', () => {
  it.each([
    ['src/jobs/a.ts', 'arrows go down only', "import { b } from '../queue/b.ts';"],
    ['src/runs/a.ts', 'arrows go down only', "import type { B } from '../commands/b.ts';"],
    ['src/policies/a.ts', 'arrows go down only', "import {\n  b,\n  type C,\n} from '../clients/deep/b.ts';"],
    ['src/roster/a.ts', 'arrows go down only', "export * from '../config/b.ts';"],
    ['src/queue/a.ts', 'arrows go down only', "const b = await import('../commands/b.ts');"],
    ['src/config/a.ts', 'arrows go down only', "import '../jobs/b.ts';"],
    ['src/commands/a.ts', 'arrows go down only', "import { main } from '../caretaker.ts';"],
    ['src/security/a.ts', 'arrows go down only', "import { b } from '../config/b.ts';"],
    ['src/sorting/a.ts', 'arrows go down only', "import { b } from '../runs/b.ts';"],
    ['src/log.ts', 'arrows go down only', "import { b } from './config/b.ts';"],
    ['src/queue/records/a.ts', 'arrows go down only', "import { b } from '../run-worker/b.ts';"],
    ['src/queue/batch-worker/a.ts', 'arrows go down only', "import { b } from '../views/b.ts';"],
    ['src/queue/vendors/a.ts', 'arrows go down only', "import { b } from '../workers.ts';"],
    ['src/queue/messages/a.ts', 'arrows go down only', "import { b } from '../queues.ts';"],
    ['src/ops/health/a.ts', 'arrows go down only', "import { b } from '../console/b.ts';"],
    ['src/ops/metrics/a.ts', 'arrows go down only', "import { b } from '../health/b.ts';"],
    ['src/commands/run/a.ts', 'arrows go down only', "import { b } from '../plan/b.ts';"],
    ['src/commands/setup/a.ts', 'arrows go down only', "import { b } from '../terminal/b.ts';"],
    ['src/commands/plan/a.ts', 'arrows go down only', "import { b } from '../explain.ts';"],
    ['src/commands/device/a.ts', 'arrows go down only', "import { b } from '../pause.ts';"],
    ['src/clients/errors/a.ts', 'arrows go down only', "import { b } from '../http/b.ts';"],
    ['src/config/kinds/a.ts', 'arrows go down only', "import { b } from '../settings/b.ts';"],
    ['simulators/people/a.ts', 'arrows go down only', "import { b } from '../http/b.ts';"],
    ['simulators/pointsharp/a.ts', 'arrows go down only', "import { b } from '../superoffice/b.ts';"],
    ['src/jobs/a.ts', 'a logger is handed in', "import { log } from '../log.ts';"],
    ['src/queue/run-worker/a.ts', 'a logger is handed in', "import { log } from '../../log.ts';"],
    ['src/runs/a.ts', 'only ^src\\/queue\\/ may', "import { Queue } from 'bullmq';"],
    ['src/queue/a.ts', 'only ^src\\/redis\\/ may', "import { Redis } from 'ioredis';"],
    ['src/clients/a.ts', 'only ^src', "import { Pool } from 'undici';"],
    [
      'src/ops/a.ts',
      'only ^src\\/ops\\/console\\/ may',
      "import { createBullBoard } from '@bull-board/api';",
    ],
    ['src/jobs/a.ts', 'only ^src', "import { env } from 'node:process';"],
    ['src/jobs/a.ts', 'only the commands for demos may', "import('../../simulators/b.ts');"],
    ['src/commands/a.ts', 'only the commands for demos may', "import { b } from '../../simulators/b.ts';"],
    ['src/commands/a.ts', 'only the commands for demos may', "import('../../simulators/b.ts');"],
    ['src/commands/program/a.ts', 'are loaded by import(…)', "import { demo } from '../demo/demo.ts';"],
    ['simulators/http/a.ts', 'know nothing of src', "import { b } from '../../src/config/b.ts';"],
    ['src/ops/a.ts', 'only ^src', "import { trace } from '@opentelemetry/api';"],
    ['src/ops/a.ts', 'is loaded by import(…) when wanted', "import { b } from './traces/b.ts';"],
    ['src/attic/a.ts', 'a new room must be given a floor', ''],
    ['src/jobs/a.ts', 'uses Date.now', 'const now = Date.now();'],
    ['src/jobs/a.ts', 'uses new Date()', 'const now = new Date();'],
    ['src/runs/a.ts', 'uses DateTime.utc()', 'const now = DateTime.utc();'],
    ['src/queue/a.ts', 'uses process.on', "process.on('SIGTERM', stop);"],
  ])('the check of the arrows finds in %s that %s', (file, problem, text) => {
    const found = problems(new Map([[file, text]]));
    expect(found).toEqual([expect.stringContaining(problem)]);
    expect(found[0]).toContain(file);
  });

  it('finds a room that holds too many unlike files', () => {
    const files = (count: number) =>
      new Map(Array.from({ length: count }, (_, index) => [`src/queue/records/${index}.ts`, '']));
    expect(problems(files(mostFiles))).toEqual([]);
    expect(problems(files(mostFiles + 1))).toEqual(['src/queue/records holds 21 files: give it sub-rooms']);
  });

  it('the check of the arrows finds a cycle, also of types', () => {
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
    ['src/caretaker.ts', "import { run } from './commands/run/run.ts';\nprocess.on('SIGTERM', run);"],
    ['src/commands/demo/a.ts', "import { b } from '../../../simulators/b.ts';\nconst now = Date.now();"],
    ['src/commands/program/a.ts', "const { demo } = await import('../demo/demo.ts');"],
    ['src/commands/setup/a.ts', "import { createLog } from '../../log.ts';"],
    ['src/queue/views/a.ts', "import { b } from '../run-worker/b.ts';\nimport { Queue } from 'bullmq';"],
    ['src/queue/batch-worker/a.ts', "import { b } from '../context.ts';\nimport { c } from './c.ts';"],
    ['src/jobs/a.ts', "import type { B } from '../clients/b.ts';\nimport { c } from '../config/c.ts';"],
    [
      'src/jobs/a.ts',
      "/* import { b } from '../queue/b.ts'; Date.now() */\n// process.env\nnew Date(0); DateTime.utc(2026);",
    ],
    ['src/jobs/a.ts', "const text = 'a';\nconst more = \"taken from 'bullmq'\";"],
  ])('the check of the arrows finds nothing wrong in %s (%#)', (file, text) => {
    expect(problems(new Map([[file, text]]))).toEqual([]);
  });
});
