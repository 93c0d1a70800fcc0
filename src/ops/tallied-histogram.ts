import type { Metric, Registry } from 'prom-client';

/** A histogram of one thing, by labels that are made once. */
export interface TalliedHistogram {
  /** Begins to count under these labels. What it returns counts one value, in the unit of the buckets. */
  open(labels: Readonly<Record<string, string>>): (value: number) => void;
}

interface Tally {
  readonly labels: Readonly<Record<string, string>>;
  /** How many values fell into each bucket, and in the last place, into none. */
  readonly counts: number[];
  sum: number;
}

/**
 * A histogram whose values are counted in plain numbers, and shown when somebody reads them. That of prom-client makes a
 * key of the labels for each value, which would be felt in a million requests.
 *
 * @param buckets upper bounds, each included, ascending
 */
export function addTalliedHistogram(
  registry: Registry,
  {
    name,
    help,
    buckets,
  }: { readonly name: string; readonly help: string; readonly buckets: readonly number[] },
): TalliedHistogram {
  const tallies = new Map<string, Tally>();
  // The registry reads nothing else of a metric.
  const kind = { name, help, type: 'histogram', aggregator: 'sum' };
  registry.registerMetric({ ...kind, get: async () => ({ ...kind, values: values() }) } as unknown as Metric);

  function values() {
    return [...tallies.values()].flatMap(({ labels, counts, sum }) => {
      let count = 0;
      const upTo = counts.map((inBucket, place) => {
        count += inBucket;
        return {
          metricName: `${name}_bucket`,
          labels: { le: buckets[place] ?? '+Inf', ...labels },
          value: count,
        };
      });
      return [
        ...upTo,
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: count },
      ];
    });
  }

  return {
    open(labels) {
      const key = JSON.stringify(labels);
      const tally = tallies.get(key) ?? { labels, counts: [...buckets.map(() => 0), 0], sum: 0 };
      tallies.set(key, tally);
      const { counts } = tally;
      return (value) => {
        let place = 0;
        // No bucket holds what is over the last bound, nor what is no number.
        while (place < buckets.length && !(value <= (buckets[place] ?? 0))) place += 1;
        counts[place] = (counts[place] ?? 0) + 1;
        tally.sum += value;
      };
    },
  };
}
