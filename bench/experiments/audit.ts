import {
  compare,
  ownContender,
  ratio,
  sampleColumns,
  sampleRows,
  scriptContender,
  spread,
} from '../contender.ts';
import type { Experiment } from '../experiment.ts';

/** Reads the registrations of everybody. */
export const audit: Experiment = {
  name: 'audit',
  async measure(fixture, { quick, tell }) {
    const users = quick ? 10_000 : 300_000;
    const limit = 'limit: undici Clients, JSON.parse, a line per finding';
    const ours = 'ours: caretaker run';
    const asked = { vendor: 'superoffice', requestsPerUser: 1 } as const;
    const contenders = [
      { ...scriptContender(limit, 'undici-clients-audit', users), ...asked },
      { ...ownContender(ours, ['run', 'audit-pocket', '--json'], users), ...asked },
    ];
    const samples = await compare(fixture, contenders, quick ? 1 : 3, tell);
    const [theirs, own] = [limit, ours].map((name) => spread(samples, name, 'findings'));
    if (theirs?.min !== own?.max || theirs?.max !== own?.min) {
      throw new Error(`The limit finds ${theirs?.median} things, and ours ${own?.median}.`);
    }
    return {
      name: 'audit',
      title: 'Audit: reading registrations and holding them against each other',
      how: 'One call for each associate, who has 1.2 registrations on average. The limit parses the answers, judges them as ours does, writes a line for each finding and keeps all registrations in memory to look for those that several associates have; ours checks the shape of the answers, hashes each push handle, keeps findings in Redis, and holds registrations against each other outside of its memory.',
      columns: sampleColumns,
      rows: sampleRows(samples, contenders),
      checks: [
        {
          what: 'audit: users/s of ours as a part of the limit',
          value: ratio(samples, 'usersPerSecond', ours, limit).median,
          atLeast: 0.7,
        },
      ],
    };
  },
};
