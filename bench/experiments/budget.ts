import { createRandom } from '../../simulators/people/random.ts';
import { sharedBudget } from '../../test/faults/scenarios/budget.ts';
import type { Experiment } from '../experiment.ts';

/** How exactly several workers keep to one budget: a scenario of the fault suite, with its figures. */
export const budget: Experiment = {
  name: 'budget',
  async measure(_ground, { quick }) {
    const perSecond = 50;
    const figures = await sharedBudget(createRandom(1, 0, 0), {
      seconds: quick ? 5 : 60,
      perSecond,
      workers: 3,
      leastShare: 0,
    });
    return {
      name: 'budget',
      title: 'The budget of requests per second',
      how: 'Three worker processes share one budget; the vendor counts what comes in each second.',
      columns: Object.keys(figures),
      rows: [Object.values(figures).map(String)],
      checks: [
        { what: 'part of the budget that is used', value: Number(figures['share used']), atLeast: 0.95 },
        {
          what: 'the busiest second as a multiple of the budget',
          value: Number(figures.most) / perSecond,
          atMost: 1.1,
        },
      ],
    };
  },
};
