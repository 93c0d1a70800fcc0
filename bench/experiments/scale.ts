import { type Contender, ownContender, play, type Sample } from '../contender.ts';
import type { Experiment } from '../experiment.ts';
import { podHeap } from '../fixture.ts';
import type { Chart, Check } from '../result.ts';
import { figure } from '../stats.ts';

const few = 10_000;
const many = 100_000;
const most = 1_000_000;

type Samples = ReadonlyMap<number, Sample>;

/** A job over rosters of very different lengths. */
interface ScaledJob {
  readonly name: string;
  readonly sizes: readonly number[];
  /** What Redis may hold at the peak for each user, or for each action that was planned, in bytes. */
  readonly redisBytes?: { readonly each: 'user' | 'planned action'; readonly atMost: number };
  contender(users: number): Contender;
}

const jobs: readonly ScaledJob[] = [
  {
    name: 'purge',
    sizes: [1_000, few, many, most],
    redisBytes: { each: 'user', atMost: 60 },
    contender: (users) => ownContender('purge', ['run', 'purge-windows', '--json'], users, podHeap),
  },
  {
    name: 'refresh in enforce',
    sizes: [few, many, most],
    redisBytes: { each: 'planned action', atMost: 160 },
    contender: (users) => ({
      ...ownContender('refresh', ['run', 'refresh-timed-devices', '--json'], users, podHeap),
      requestsPerUser: 'reported',
    }),
  },
  {
    name: 'audit',
    sizes: [few, many, most],
    redisBytes: { each: 'user', atMost: 60 },
    contender: (users) => ({
      ...ownContender('audit', ['run', 'audit-pocket', '--json'], users, podHeap),
      vendor: 'superoffice',
      requestsPerUser: 1,
    }),
  },
];

/** Every job over rosters of very different lengths, in the heap of a pod. */
export const scale: Experiment = {
  name: 'scale',
  async measure(fixture, { quick, tell }) {
    const measured = new Map<ScaledJob, Samples>();
    for (const job of jobs) {
      const samples = new Map<number, Sample>();
      for (const users of job.sizes.filter((size) => !quick || size <= few)) {
        const sample = await play(fixture, job.contender(users));
        samples.set(users, sample);
        tell(`  ${job.name}, ${users} users: ${figure(sample.seconds)} s, ${figure(sample.peakMb)} MB`);
      }
      measured.set(job, samples);
    }
    return {
      name: 'scale',
      title: 'Scale: from a thousand users to a million',
      how: 'The roster is streamed; enforce, a vendor that answers at once, a heap of at most 192 MB and semi-spaces of 16 MB as in k8s/. A user has 5 devices, of which some are due, and an associate 1.2 registrations on average; all registrations are held against each other in the end, and every finding is a line of the log. "Redis bytes" is the peak of its memory over what it used before; what is fixed weighs on small rosters.',
      columns: [
        'job',
        'users',
        'seconds',
        'users/s',
        'CPU µs per user',
        'peak MB',
        'requests per user',
        'Redis bytes per user',
        'per planned action',
      ],
      rows: [...measured].flatMap(([{ name }, samples]) =>
        [...samples].map(([users, sample]) => [
          name,
          users.toLocaleString('en'),
          figure(sample.seconds),
          figure(sample.usersPerSecond),
          figure(sample.cpuPerUser),
          figure(sample.peakMb),
          figure(sample.requestsPerUser),
          figure(sample.redisBytesPerUser),
          Number.isFinite(sample.redisBytesPerAction) ? figure(sample.redisBytesPerAction) : '',
        ]),
      ),
      checks: [...measured].flatMap(([job, samples]) => checksOf(job, samples)),
      charts: [...measured].slice(0, 1).map(([, samples]) => chartOf(samples)),
    };
  },
};

function checksOf({ name, redisBytes }: ScaledJob, samples: Samples): Check[] {
  const large = samples.get(most);
  if (!large) return [];
  return [
    {
      what: `${name}: peak memory at ${most.toLocaleString('en')} users as a multiple of that at ${few.toLocaleString('en')}`,
      value: large.peakMb / (samples.get(few)?.peakMb ?? Number.NaN),
      atMost: 1.3,
    },
    ...(redisBytes
      ? [
          {
            what: `${name}: bytes of Redis per ${redisBytes.each} at the peak`,
            value: redisBytes.each === 'user' ? large.redisBytesPerUser : large.redisBytesPerAction,
            atMost: redisBytes.atMost,
          },
        ]
      : []),
    {
      what: `${name}: CPU per user at ${most.toLocaleString('en')} users as a multiple of that at ${many.toLocaleString('en')}`,
      value: large.cpuPerUser / (samples.get(many)?.cpuPerUser ?? Number.NaN),
      atMost: 1.1,
    },
  ];
}

function chartOf(samples: Samples): Chart {
  const values = (of: (sample: Sample) => number) => [...samples.values()].map(of);
  return {
    name: 'scale',
    title: 'A purge by the length of its roster',
    kind: 'log-log',
    x: { name: 'users', values: [...samples.keys()] },
    y: '',
    series: [
      { name: 'seconds', values: values(({ seconds }) => seconds) },
      { name: 'peak MB', values: values(({ peakMb }) => peakMb) },
      { name: 'CPU µs per user', values: values(({ cpuPerUser }) => cpuPerUser) },
      { name: 'Redis bytes per user', values: values(({ redisBytesPerUser }) => redisBytesPerUser) },
    ],
  };
}
