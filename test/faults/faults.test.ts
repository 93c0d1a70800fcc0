import { describe, expect, it } from 'vitest';
import { createRandom } from '../../simulators/people/random.ts';
import { scenarios } from './scenarios.ts';

/*
 * The short form of the fault suite; `npm run test:faults` plays the long one. All faults follow from the seed in the
 * titles: FAULTS_SEED=N npx vitest run test/faults plays them again.
 */
const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 1_000_000));
const withShortForm = scenarios.flatMap(({ name, short }, index) => (short ? [{ name, short, index }] : []));

// They wait most of the time: for locks to run out, for ticks, for processes to start.
describe.concurrent(`faults drawn from seed ${seed}`, () => {
  it.each(withShortForm)(
    'the fault scenario $name ends as it must, in its short form',
    { timeout: 240_000 },
    async ({ short, index }) => {
      const figures = await short(createRandom(seed, index, 0));
      expect(Object.keys(figures)).not.toHaveLength(0);
    },
  );
});
