import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from './markdown.ts';

const manifest = z
  .object({
    engines: z.object({ node: z.string() }),
    devDependencies: z.object({ node: z.string() }),
    allowScripts: z.record(z.string(), z.boolean()),
  })
  .parse(JSON.parse(read('package.json')));

const workflow = z
  .object({
    permissions: z.record(z.string(), z.string()),
    concurrency: z.object({ group: z.string() }),
    jobs: z.object({
      checks: z.object({
        strategy: z.object({ matrix: z.object({ node: z.array(z.number()) }) }),
        steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
      }),
    }),
  })
  .parse(parse(read('.github/workflows/ci.yml')));

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The first number in a text: `>=24` → 24. */
function majorOf(text: string): number {
  return Number(/\d+/.exec(text)?.[0]);
}

describe('README.md', () => {
  it('opens with the numbers that the time-lapse has measured', () => {
    const [, , , without = '', withDefaults = ''] =
      read('docs/time-lapse.md')
        .split('\n')
        .find((line) => /^\| all /.test(line))
        ?.split('|') ?? [];
    const numbers = [without, withDefaults].flatMap((cell) => cell.trim().split(' / '));
    const [, ...claimed] =
      /sends ([\d,]+) warnings without caretaker and (\d+) with it; ([\d,]+) devices time out without it and (\d+) with it/.exec(
        read('README.md'),
      ) ?? [];
    const [warnings, timeouts, warningsLeft, timeoutsLeft] = numbers;
    expect(numbers).toHaveLength(4);
    expect(claimed.map((number) => number.replace(',', ''))).toEqual([
      warnings,
      warningsLeft,
      timeouts,
      timeoutsLeft,
    ]);
  });
});

describe('.nvmrc', () => {
  it('.nvmrc names the Node that npm scripts run on, which the program accepts', () => {
    expect(read('.nvmrc').trim()).toBe(String(majorOf(manifest.devDependencies.node)));
    expect(majorOf(read('.nvmrc'))).toBeGreaterThanOrEqual(majorOf(manifest.engines.node));
  });
});

describe('.npmrc', () => {
  const settings = read('.npmrc')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  it('lets only those install scripts run that package.json allows, and node is the only one', () => {
    // With ignore-scripts npm would not put node in place, and would leave out predemo and pretest.
    expect(settings).toEqual(['strict-allow-scripts=true']);
    const allowed = Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed);
    expect(allowed).toEqual([['node', true]]);
  });
});

describe('the workflow of GitHub Actions', () => {
  it('calls .ci/run on the oldest Node that is enough to start with, and on those the program runs on', () => {
    const { strategy, steps } = workflow.jobs.checks;
    expect(strategy.matrix.node).toEqual([20, majorOf(manifest.engines.node), majorOf(read('.nvmrc'))]);
    expect(steps.filter(({ run }) => run !== undefined)).toEqual([{ run: '.ci/run' }]);
  });

  it('the workflow of GitHub Actions may only read, and one run of a branch replaces another', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of the workflow, not of JavaScript.
    expect(workflow.concurrency.group).toContain('${{ github.ref }}');
  });
});
