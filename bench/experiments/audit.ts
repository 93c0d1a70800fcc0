import { compare, ownContender, sampleColumns, sampleRows, spread } from '../contender.ts';
import type { Experiment } from '../experiment.ts';

/** Audits everybody, with what only shows across users. */
export const audit: Experiment = {
  name: 'audit',
  async measure(fixture, { quick, tell }) {
    const sizes = quick ? [1_000, 10_000] : [10_000, 850_000];
    const contenders = sizes.map((users) => ({
      ...ownContender(`${users.toLocaleString('en')} associates`, ['run', 'audit-pocket', '--json'], users),
      vendor: 'superoffice' as const,
      requestsPerUser: 1,
    }));
    const samples = await compare(fixture, contenders, 1, tell);
    const [few = '', many = ''] = contenders.map(({ name }) => name);
    return {
      name: 'audit',
      title: 'Audit of push registrations',
      how: 'One call for each associate, who has 1.2 registrations on average: 850,000 of them have a million. All are held against each other in the end. Every finding is a line of the log.',
      columns: sampleColumns,
      rows: sampleRows(samples, contenders),
      checks: quick
        ? []
        : [
            {
              what: 'peak memory over a million registrations as a multiple of that over twelve thousand',
              value: spread(samples, many, 'peakMb').median / spread(samples, few, 'peakMb').median,
            },
          ],
    };
  },
};
