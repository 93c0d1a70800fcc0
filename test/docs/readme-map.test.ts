import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, tableBelow } from './markdown.ts';

/** The folders of src and simulators, and the text of their files. */
interface Tree {
  readonly folders: readonly string[];
  readonly files: ReadonlyMap<string, string>;
}

/** One row of the map: a room, and the sub-rooms that it names, both as paths. */
interface Row {
  readonly room: string;
  readonly subRooms: readonly string[];
}

function rowsOf(readme: string): Row[] {
  return tableBelow(readme, '## Map of the house').map(([room = '', content = '']) => {
    const [, path = ''] = /^\[[^\]]*\]\(([\w/.-]+)\/README\.md\)$/.exec(room) ?? [];
    const names = [...content.matchAll(/`([\w/-]+)\/`/g)].map(([, name = '']) => name);
    return { room: path, subRooms: names.map((name) => `${path}/${name}`) };
  });
}

/** `src/queue/views/a.ts` → `src/queue`; `src/log.ts` → `src`; `simulators/http/a.ts` → `simulators`. */
function roomOf(path: string): string {
  const [top = '', room = ''] = path.split('/');
  return top === 'src' && !room.endsWith('.ts') ? `src/${room}` : top;
}

/** Everything in which the map and the tree differ. */
function problems(readme: string, { folders, files }: Tree): string[] {
  const rows = rowsOf(readme);
  const named = rows.flatMap(({ room, subRooms }) => [room, ...subRooms]);
  const order = rows.map(({ room }) => room);
  const unknown = named.filter((path) => !folders.includes(path));
  const forgotten = folders.filter((path) => !named.includes(path));
  const twice = named.filter((path, index) => named.indexOf(path) !== index);
  const climbing = [...files].flatMap(([file, text]) =>
    [...text.matchAll(/\bfrom\s+'(\.[^']+)'/g)].flatMap(([, name = '']) => {
      const [here, there] = [roomOf(file), roomOf(posix.join(posix.dirname(file), name))];
      // The files of src itself stand on floors of their own.
      if (here === there || here === 'src' || there === 'src' || there === 'simulators') return [];
      return order.indexOf(here) < order.indexOf(there)
        ? []
        : [`${here} imports ${there}, which the map has above it`];
    }),
  );
  return [
    ...(rows.length === 0 ? ['there is no map'] : []),
    ...unknown.map((path) => `${path || 'a row'} is in the map and not in the tree`),
    ...forgotten.map((path) => `${path} is in the tree and not in the map`),
    ...twice.map((path) => `${path} is in the map twice`),
    ...new Set(climbing),
  ];
}

function readTree(): Tree {
  const paths = globSync('{src,simulators}/**/*.ts', { cwd: root }).map((path) => path.replaceAll('\\', '/'));
  return {
    folders: [...new Set(paths.map((path) => posix.dirname(path)))],
    files: new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])),
  };
}

describe('the map of the house in README.md', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');

  it('the map of the house in README.md has every room and sub-room of src and simulators, no other, from the top down', () => {
    const tree = readTree();
    expect(tree.folders.length).toBeGreaterThan(30);
    expect(problems(readme, tree)).toEqual([]);
  });

  it('the map of the house in README.md is on a page of at most 150 lines', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  it('the map of the house in README.md is on a page that shows a picture on its first screen', () => {
    expect(readme.split('\n').slice(0, 25).join('\n')).toMatch(/!\[[^\]]+\]\(docs\/[\w-]+\.svg\)/);
  });
});

describe('the check of the map', () => {
  const map = `# Title

## Map of the house

Text.

| room | what is in it |
| --- | --- |
| [src/](src/README.md) | the way in |
| [src/upper/](src/upper/README.md) | files; \`one/\` \`one/deep/\` |
| [src/lower/](src/lower/README.md) | files |

More text about \`src/none/\`.
`;
  const tree: Tree = {
    folders: ['src', 'src/upper', 'src/upper/one', 'src/upper/one/deep', 'src/lower'],
    files: new Map([
      ['src/main.ts', "import { a } from './upper/a.ts';"],
      ['src/upper/one/deep/a.ts', "import { b } from '../../../lower/b.ts';\nimport { c } from '../c.ts';"],
    ]),
  };

  it('finds nothing wrong with a map that fits its tree', () => {
    expect(problems(map, tree)).toEqual([]);
  });

  it.each<[what: string, readme: string, tree: Tree, problem: string]>([
    ['a page without a map', '# Title\n', { folders: [], files: new Map() }, 'there is no map'],
    [
      'a room that is gone',
      map,
      { ...tree, folders: tree.folders.filter((path) => path !== 'src/lower') },
      'src/lower is in the map and not in the tree',
    ],
    [
      'a sub-room that is gone',
      map,
      { ...tree, folders: tree.folders.filter((path) => path !== 'src/upper/one/deep') },
      'src/upper/one/deep is in the map and not in the tree',
    ],
    [
      'a room that was forgotten',
      map,
      { ...tree, folders: [...tree.folders, 'src/attic'] },
      'src/attic is in the tree and not in the map',
    ],
    [
      'a sub-room that was forgotten',
      map,
      { ...tree, folders: [...tree.folders, 'src/lower/cellar'] },
      'src/lower/cellar is in the tree and not in the map',
    ],
    ['a sub-room that is named twice', map.replace('`one/` ', '`one/` `one/` '), tree, 'is in the map twice'],
    [
      'a room in the row of another',
      map.replace('(src/lower/README.md)', '(src/lower.md)'),
      tree,
      'src/lower is in the tree and not in the map',
    ],
    [
      'an import that the order of the rows forbids',
      map,
      { ...tree, files: new Map([['src/lower/b.ts', "import type { A } from '../upper/a.ts';"]]) },
      'src/lower imports src/upper, which the map has above it',
    ],
  ])('the check of the map finds %s', (_what, readme, changed, problem) => {
    expect(problems(readme, changed)).toContainEqual(expect.stringContaining(problem));
  });
});
