import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isKnownVariable } from '../k8s/checks/environment.ts';
import { runCaretaker } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { allPages, root } from './markdown.ts';

/** A block of the pages that people are to type, or to set. */
interface Block {
  readonly page: string;
  readonly lines: readonly string[];
}

/** Who runs the blocks of a page that are not run here; what needs a cluster is held against the manifests. */
const ranBy: Readonly<Record<string, string>> = {
  'docs/kubernetes.md': 'test/k8s/page.test.ts',
  'docs/operations.md': 'test/commands/demo/simulate.test.ts',
  'docs/runbook.md': 'test/k8s/kubectl-lines.test.ts',
};

/** Why a block that begins so is run by nobody. What it names is looked at all the same. */
const notRun: Readonly<Record<string, string>> = {
  'npm ci && npm run demo':
    'installs; the demo and the tests are run by themselves (README.md, CONTRIBUTING.md)',
  'npm run format': 'changes files, and runs this test',
  'redis-server --port': 'is for a job that only the page has',
  'npm run format && npm run types': 'changes files, and runs this test',
  'npm run bench': 'takes half an hour; test/bench runs its parts',
  'ROOM=policies npm run test:mutation': 'takes an hour',
  'npm run test:defences': 'takes 20 minutes; npm test sees that each claim has something to try',
  'export SUPEROFFICE_CLIENT_ID=': 'needs a browser and an account; test/commands tries the sign-in',
  'systemctl daemon-reload': 'needs root and systemd; test/docs/server.test.ts reads the unit',
};

const pages = [...allPages()].filter(
  ([path]) => /^(docs\/)?[\w-]+\.md$/.test(path) && path !== 'CHANGELOG.md',
);

function blocksIn(language: string, among: typeof pages = pages): Block[] {
  return among.flatMap(([page, text]) =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
      ([, block = '']) => ({
        page,
        lines: block.trimEnd().split('\n'),
      }),
    ),
  );
}

/** The beginnings under which a block is known as one that nobody runs. */
function reasonsFor({ lines }: Block): string[] {
  const [first = ''] = lines;
  const fitting = Object.keys(notRun).filter((begin) => first.startsWith(begin));
  // `npm run format && …` begins with `npm run format`, too.
  return fitting.sort((one, other) => other.length - one.length).slice(0, 1);
}

const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);

/** What a line names that is not there: scripts of npm, and files and folders of the project. */
function namesNothing(line: string): string[] {
  const command = line.replace(/\s+#.*$/, '');
  const named = [...command.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name = '']) => name);
  const paths = [...command.matchAll(/(?:^|\s)((?:test|src|bench|k8s)\/[\w./-]+)/g)].map(
    ([, path = '']) => path,
  );
  return [
    ...named.filter((name) => !scripts.includes(name)).map((name) => `${line}: there is no script ${name}`),
    ...paths.filter((path) => !isThere(path)).map((path) => `${line}: there is no ${path}`),
  ];
}

/** A path of the project, or of the job that CONTRIBUTING.md adds as an example. */
function isThere(path: string): boolean {
  return existsSync(join(root, path)) || /audit-devices/.test(path);
}

describe('the shell blocks of README.md and docs', () => {
  it('each shell block is run by a test, or it is said why not', () => {
    const orphans = blocksIn('sh').filter(
      (block) =>
        !block.lines.every((line) => line.startsWith('caretaker ')) &&
        ranBy[block.page] === undefined &&
        reasonsFor(block).length === 0,
    );
    expect(orphans).toEqual([]);
  });

  it('each reason why a block is not run belongs to a block, and each test that runs one is there', () => {
    const used = new Set(blocksIn('sh').flatMap(reasonsFor));
    expect(Object.keys(notRun).filter((begin) => !used.has(begin))).toEqual([]);
    expect(Object.values(ranBy).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('each line names scripts, files and folders that are there', () => {
    const lines = blocksIn('sh').flatMap((block) => block.lines);
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.flatMap(namesNothing)).toEqual([]);
  });

  it.each([
    ['npm run chek', 'there is no script chek'],
    ['npm run --silent caretacker -- x', 'there is no script caretacker'],
    ['npx vitest run test/polices', 'there is no test/polices'],
  ])('a line that names nothing is found: %s', (line, problem) => {
    expect(namesNothing(line)).toEqual([`${line}: ${problem}`]);
  });

  it('each variable of a block of settings is one that the program reads', () => {
    const lines = blocksIn('env').flatMap((block) => block.lines);
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.map((line) => line.split('=')[0] ?? '').filter((name) => !isKnownVariable(name))).toEqual(
      [],
    );
  });

  it('each line of a list of commands begins with one that the program has', async () => {
    const lines = blocksIn('').flatMap((block) =>
      block.lines.filter((line) => line.startsWith('caretaker ')),
    );
    const words = new Set(lines.flatMap((line) => line.split(/[ ,]+/)[1]?.split('|') ?? []));
    expect(words.size).toBeGreaterThan(15);
    for (const word of words) {
      expect([word, (await runCaretaker([word, '--help'], {})).code]).toEqual([word, 0]);
    }
  });
});

/** The variables that docs/configuration.md begins with. */
const [, firstSection = ''] = (allPages().get('docs/configuration.md') ?? '').split('\n## ');
const ten = [...firstSection.matchAll(/^1\. \[`(\w+)`\]/gm)].map(([, name = '']) => name);

describe('docs/start.md', () => {
  const start = pages.filter(([path]) => path === 'docs/start.md');
  let endToEnd: EndToEnd;
  const people: Record<string, string> = {};

  beforeAll(async () => {
    endToEnd = await openEndToEnd({ users: 30 });
    const [, ...rows] = readFileSync(endToEnd.environment.CARETAKER_ROSTER ?? '', 'utf8').split('\r\n');
    const names = rows.map((row) => row.split(',')[0] ?? '').filter((name) => /^[\w.@-]+$/.test(name));
    for (const [index, person] of ['kari', 'ola'].entries())
      people[`${person}@example.com`] = names[index] ?? '';
  });
  afterAll(() => endToEnd.close());

  it('the commands of docs/start.md work, in the order of the page', async () => {
    // The night before the first look at the reports.
    await endToEnd.run(['run', 'refresh-timed-devices']);
    const lines = blocksIn('sh', start).flatMap((block) => block.lines);
    expect(lines).toHaveLength(9);
    for (const line of lines) {
      const words = line.split(' ').slice(1);
      const { code, errors } = await endToEnd.run(
        words.map((word) => people[word] ?? word.replace('pilot.json', join(endToEnd.folder, 'pilot.json'))),
      );
      expect({ line, code, errors: code === 0 ? '' : errors }).toEqual({ line, code: 0, errors: '' });
    }
  });

  it('the first configuration of docs/start.md is one that the program accepts, with the ten variables but the unit', async () => {
    const [block] = blocksIn('env', start);
    const environment: Record<string, string> = {};
    for (const line of block?.lines ?? []) {
      const [name = '', value = ''] = line.split('=');
      environment[name] = value.startsWith('/')
        ? await endToEnd.file(value.slice(1).replaceAll('/', '-'), 'simulated')
        : value;
    }
    const { code, errors } = await runCaretaker(['config', '--json'], environment);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const set = Object.keys(environment).map((name) => name.replace(/_FILE$/, ''));
    expect(ten.filter((name) => !set.includes(name))).toEqual(['REFRESH_TIMED_DEVICES_UNIT']);
  });

  it('docs/start.md speaks of each of the ten variables', () => {
    expect(ten.filter((name) => !start[0]?.[1].includes(`\`${name}`))).toEqual([]);
  });
});
