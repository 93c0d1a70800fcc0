import { globSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allPages, linksOf, root } from './markdown.ts';

/** A title, an empty line and three sentences; a fourth where a room needs one. */
const mostLines = 6;

/** What is wrong with the README of a room; undefined when it is as it should be. */
function problemOf(room: string, text: string | undefined): string | undefined {
  if (text === undefined) return `${room} has no README.md`;
  const lines = text.trimEnd().split('\n');
  if (lines[0] !== `# ${room}`) return `${room}/README.md is not called "# ${room}"`;
  if (lines.length > mostLines) return `${room}/README.md has more than ${mostLines} lines`;
  if (!lines.some((line) => line.startsWith('Not here: ')))
    return `${room}/README.md does not say what is not here`;
  const begin = lines.find((line) => line.startsWith('Begin with '));
  if (begin === undefined) return `${room}/README.md does not say where to begin`;
  return linksOf(begin).length > 0 ? undefined : `${room}/README.md does not link where to begin`;
}

describe('the README of each room and sub-room', () => {
  const pages = allPages();
  const rooms = new Set(
    globSync('{src,simulators}/**/*.ts', { cwd: root }).map((path) =>
      posix.dirname(path.replaceAll('\\', '/')),
    ),
  );

  it('the README of each room and sub-room says in a few lines what is there, what is not, and where to begin', () => {
    expect(rooms.size).toBeGreaterThan(30);
    const all = [...rooms, 'test', 'bench'];
    expect(all.flatMap((room) => problemOf(room, pages.get(`${room}/README.md`)) ?? [])).toEqual([]);
  });
});

describe('the check of the READMEs of rooms', () => {
  const sound = '# src/a\n\nWhat is here.\nNot here: what is elsewhere.\nBegin with [b](b.ts).\n';

  it('finds nothing wrong with a README of three lines', () => {
    expect(problemOf('src/a', sound)).toBeUndefined();
  });

  it.each<[what: string, text: string | undefined, problem: string]>([
    ['that there is none', undefined, 'has no README.md'],
    ['the title of another room', sound.replace('src/a', 'src/b'), 'is not called'],
    ['that it is long', `${sound}One.\nTwo.\n`, 'has more than 6 lines'],
    ['that nothing is said of what is elsewhere', sound.replace('Not here', 'Here'), 'what is not here'],
    ['that nothing is said of where to begin', sound.replace('Begin', 'End'), 'where to begin'],
    ['a beginning without a link', sound.replace('[b](b.ts)', 'b.ts'), 'does not link'],
  ])('the check of the READMEs of rooms finds %s', (_what, text, problem) => {
    expect(problemOf('src/a', text)).toContain(problem);
  });
});
