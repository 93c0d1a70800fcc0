import { compare, ownContender, ratio, sampleColumns, sampleRows, scriptContender } from '../contender.ts';
import type { Experiment } from '../experiment.ts';

/** Reads the registrations of everybody. */
export const audit: Experiment = {
  name: 'audit',
  async measure(fixture, { quick, tell }) {
    const users = quick ? 10_000 : 300_000;
    const limit = 'limit: undici Clients, JSON.parse';
    const ours = 'ours: caretaker run';
    const asked = { vendor: 'superoffice', requestsPerUser: 1 } as const;
    const contenders = [
      { ...scriptContender(limit, 'undici-clients-audit', users), ...asked },
      { ...ownContender(ours, ['run', 'audit-pocket', '--json'], users), ...asked },
    ];
    const samples = await compare(fixture, contenders, quick ? 1 : 3, tell);
    return {
      name: 'audit',
      title: 'Audit: reading registrations and holding them against each other',
      how: 'One call for each associate, who has 1.2 registrations on average. The limit parses the answers and looks no further; ours checks their shape, hashes each push handle, and looks for phones that several associates have.',
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
