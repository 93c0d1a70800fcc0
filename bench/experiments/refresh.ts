import { compare, ownContender, ratio, sampleColumns, sampleRows, scriptContender } from '../contender.ts';
import type { Experiment } from '../experiment.ts';

/** Reads and judges the devices of everybody. */
export const refresh: Experiment = {
  name: 'refresh',
  async measure(fixture, { quick, tell }) {
    const users = quick ? 10_000 : 300_000;
    const limit = 'limit: undici Pool loop with JSON.parse';
    const ours = 'ours: caretaker run, observe';
    const contenders = [
      { ...scriptContender(limit, 'undici-pool-json', users), requestsPerUser: 1 },
      {
        ...ownContender(ours, ['run', 'refresh-timed-devices', '--mode', 'observe', '--json'], users),
        requestsPerUser: 1,
      },
    ];
    const samples = await compare(fixture, contenders, quick ? 1 : 3, tell);
    return {
      name: 'refresh',
      title: 'Refresh: reading and judging device lists',
      how: 'One call for each user, who has 5 devices. The limit parses the answers and looks no further; ours checks their shape, reads the dates, decides about each device and keeps the plan in Redis.',
      columns: sampleColumns,
      rows: sampleRows(samples, contenders),
      checks: [
        {
          what: 'refresh: users/s of ours as a part of the limit',
          value: ratio(samples, 'usersPerSecond', ours, limit).median,
          atLeast: 0.75,
        },
      ],
    };
  },
};
