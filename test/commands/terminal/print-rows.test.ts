import { expect, test } from 'vitest';
import { printJsonRows, printRows, type Rows } from '../../../src/commands/terminal/print-rows.ts';
import { openStreams } from '../streams.ts';

/** Rows that come in parts of other sizes than they are printed in. */
async function* rowsOf(...sizes: readonly number[]): Rows<string> & AsyncGenerator<readonly string[]> {
  let number = 0;
  for (const size of sizes) yield Array.from({ length: size }, () => `row ${number++}`);
}

/** What is printed, read as it comes. */
async function printed(print: (context: ReturnType<typeof openStreams>['context']) => Promise<number>) {
  const { context } = openStreams(false);
  let output = '';
  if ('on' in context.output) context.output.on('data', (text: string) => (output += text));
  const count = await print(context);
  await new Promise((resolve) => context.output.end(resolve));
  return { count, output };
}

test('more than 500 rows are printed as several tables, each with its head', async () => {
  const { count, output } = await printed((context) =>
    printRows(context, ['name'], rowsOf(0, 700, 1), (row) => [row]),
  );
  expect(count).toBe(701);
  const tables = output.trimEnd().split('\n\n');
  expect(tables.map((table) => table.split('\n').length)).toEqual([501, 201, 2]);
  expect(tables.every((table) => table.startsWith('name\n'))).toBe(true);
  expect(output.match(/^row \d+$/gm)).toEqual(Array.from({ length: 701 }, (_, row) => `row ${row}`));
});

test.each([[[]], [[0]], [[1]], [[499, 2]], [[1200]]])(
  'rows in parts of %j are printed as one JSON document',
  async (sizes) => {
    const { count, output } = await printed((context) =>
      printJsonRows(context, { job: 'a "job"', held: null }, 'rows', rowsOf(...sizes)),
    );
    const rows = Array.from({ length: count }, (_, row) => `row ${row}`);
    expect(count).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(JSON.parse(output)).toEqual({ job: 'a "job"', held: null, rows });
    expect(output.endsWith('}\n')).toBe(true);
  },
);
