import { compareVersions } from 'compare-versions';
import { engineVersion } from '../../queue/engine-version.ts';
import { type Line, linesOf } from './check.ts';

const { ok, fail } = linesOf('versions');
const oldestNode = '24.0.0';

/** Which versions run, and whether Node.js is new enough. */
export function checkVersions(program: string, node: string): readonly Line[] {
  return [
    compareVersions(node, oldestNode) >= 0
      ? ok('node', node)
      : fail('node', `${node} is too old`, 'Use Node.js 24 or newer, or the container image.'),
    ok('caretaker', program),
    ok('bullmq', engineVersion()),
  ];
}
