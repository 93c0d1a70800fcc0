import { compare, ownContender, ratio, sampleColumns, sampleRows, scriptContender } from '../contender.ts';
import type { Experiment } from '../experiment.ts';

/** Reads and judges the devices of everybody, and refreshes those that are due. */
export const refresh: Experiment = {
  name: 'refresh',
  async measure(fixture, { quick, tell }) {
    const users = quick ? 10_000 : 300_000;
    const limit = 'limit: undici Clients, JSON.parse, PUT';
    const ours = 'ours: caretaker run';
    const contenders = [
      { ...scriptContender(limit, 'undici-clients-refresh', users), requestsPerUser: 'reported' as const },
      {
        ...ownContender(ours, ['run', 'refresh-timed-devices', '--json'], users),
        requestsPerUser: 'reported' as const,
      },
    ];
    const samples = await compare(fixture, contenders, quick ? 1 : 3, tell);
    return {
      name: 'refresh',
      title: 'Refresh in enforce: reading, judging, putting in order, writing',
      how: 'One call for each user, who has 5 devices, and one for each device that is due. The limit parses the answers and writes as it reads; ours checks their shape, keeps the plan in Redis, puts it in order, counts it before the first write, and reads the first few devices back.',
      columns: sampleColumns,
      rows: sampleRows(samples, contenders),
      checks: [
        {
          what: 'refresh in enforce: users/s of ours as a part of the limit',
          value: ratio(samples, 'usersPerSecond', ours, limit).median,
          atLeast: 0.7,
        },
      ],
    };
  },
};
