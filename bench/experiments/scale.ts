import { ownContender, play, type Sample } from '../contender.ts';
import type { Experiment } from '../experiment.ts';
import { figure } from '../stats.ts';

const few = 10_000;
const most = 1_000_000;
/** What a pod of k8s/ is given. */
const heapLimit = '--max-old-space-size=192';

/** The same purge over rosters of very different lengths. */
export const scale: Experiment = {
  name: 'scale',
  async measure(fixture, { quick, tell }) {
    const sizes = quick ? [1_000, few] : [1_000, few, 100_000, most];
    const samples = new Map<number, Sample>();
    for (const users of sizes) {
      const words = ['run', 'purge-windows', '--json'];
      const sample = await play(
        fixture,
        ownContender('caretaker run', words, users, { NODE_OPTIONS: heapLimit }),
      );
      samples.set(users, sample);
      tell(`  ${users} users: ${figure(sample.seconds)} s, ${figure(sample.peakMb)} MB`);
    }
    const values = (of: (sample: Sample) => number) => [...samples.values()].map(of);
    const x = { name: 'users', values: sizes };
    const large = samples.get(most);
    return {
      name: 'scale',
      title: 'Scale: from a thousand users to a million',
      how: 'The roster is streamed; enforce, a vendor that answers at once, a heap of at most 192 MB as in k8s/. "Redis bytes" is the peak of its memory over what it used before; what is fixed weighs on small rosters.',
      columns: ['users', 'seconds', 'users/s', 'CPU µs per user', 'peak MB', 'Redis bytes per user'],
      rows: [...samples].map(([users, sample]) => [
        users.toLocaleString('en'),
        figure(sample.seconds),
        figure(sample.usersPerSecond),
        figure(sample.cpuPerUser),
        figure(sample.peakMb),
        figure(sample.redisBytesPerUser),
      ]),
      checks: large
        ? [
            {
              what: `peak memory at ${most.toLocaleString('en')} users as a multiple of that at ${few.toLocaleString('en')}`,
              value: large.peakMb / (samples.get(few)?.peakMb ?? Number.NaN),
              atMost: 1.3,
            },
            { what: 'bytes of Redis per user at the peak', value: large.redisBytesPerUser, atMost: 100 },
            {
              what: `CPU per user at ${most.toLocaleString('en')} users as a multiple of that at 100,000`,
              value: large.cpuPerUser / (samples.get(100_000)?.cpuPerUser ?? Number.NaN),
              atMost: 1.1,
            },
          ]
        : [],
      charts: [
        {
          name: 'scale',
          title: 'A purge by the length of its roster',
          kind: 'log-log',
          x,
          y: '',
          series: [
            { name: 'seconds', values: values(({ seconds }) => seconds) },
            { name: 'peak MB', values: values(({ peakMb }) => peakMb) },
            { name: 'CPU µs per user', values: values(({ cpuPerUser }) => cpuPerUser) },
            { name: 'Redis bytes per user', values: values(({ redisBytesPerUser }) => redisBytesPerUser) },
          ],
        },
      ],
    };
  },
};
