import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { addTalliedHistogram } from '../../src/ops/tallied-histogram.ts';

const about = { name: 'waits', help: 'How long.', buckets: [0.5, 1, 2.5] };
const labelsOf = (operation: string) => ({ vendor: 'pointsharp', operation });

/** Both pages, in the order of their lines: that of labels within a line is free. */
async function pages(values: readonly (readonly [operation: string, value: number])[]) {
  const [ours, theirs] = [new Registry(), new Registry()];
  const tallied = addTalliedHistogram(ours, about);
  const histogram = new Histogram({ ...about, labelNames: ['vendor', 'operation'], registers: [theirs] });
  for (const [operation, value] of values) {
    tallied.open(labelsOf(operation))(value);
    histogram.observe(labelsOf(operation), value);
  }
  const read = async (registry: Registry) =>
    (await registry.metrics())
      .replaceAll(/\{(.*)\}/g, (_, labels: string) => `{${labels.split(',').sort().join(',')}}`)
      .split('\n')
      .sort();
  return { ours: await read(ours), theirs: await read(theirs) };
}

describe('a histogram counted in plain numbers', () => {
  it('shows what that of prom-client shows', async () => {
    const value = fc.oneof(fc.constantFrom(0, 0.5, 1, 2.5, 3), fc.double({ min: 0, max: 4, noNaN: true }));
    const values = fc.array(fc.tuple(fc.constantFrom('GET Device', 'DELETE Device'), value));
    await fc.assert(
      fc.asyncProperty(values, async (some) => {
        const { ours, theirs } = await pages(some);
        expect(ours).toEqual(theirs);
      }),
    );
  });

  it('counts what is over the last bound in all and in no bucket', async () => {
    const { ours } = await pages([['GET Device', 60]]);
    expect(ours).toContain('waits_bucket{le="2.5",operation="GET Device",vendor="pointsharp"} 0');
    expect(ours).toContain('waits_bucket{le="+Inf",operation="GET Device",vendor="pointsharp"} 1');
  });

  it('takes no second metric of its name', () => {
    const registry = new Registry();
    addTalliedHistogram(registry, about);
    expect(() => addTalliedHistogram(registry, about)).toThrow('already been registered');
  });
});
