import { compare, ownContender, type Sample, spread } from '../contender.ts';
import type { Experiment } from '../experiment.ts';
import { figure } from '../stats.ts';

const levels = ['error', 'info', 'debug'] as const;

/** What the log costs. */
export const logging: Experiment = {
  name: 'logging',
  async measure(fixture, { quick, tell }) {
    const users = quick ? 10_000 : 100_000;
    const words = ['run', 'purge-windows', '--json'];
    const nameOf = (level: string) => `LOG_LEVEL=${level}`;
    const contenders = levels.map((level) => ownContender(nameOf(level), words, users, { LOG_LEVEL: level }));
    const samples = await compare(fixture, contenders, quick ? 1 : 3, tell);
    const cpu = (level: string) => spread(samples, nameOf(level), 'cpuPerUser').median;
    const median = (name: string, key: keyof Sample) => figure(spread(samples, name, key).median);
    return {
      name: 'logging',
      title: 'What the log costs',
      how: `${users.toLocaleString('en')} users, the log in a file. At error nothing is logged here; at info a purge logs what is worth knowing; at debug, also each of its actions.`,
      columns: ['level', 'users/s', 'CPU µs per user', 'share of the CPU'],
      rows: levels.map((level) => [
        nameOf(level),
        median(nameOf(level), 'usersPerSecond'),
        median(nameOf(level), 'cpuPerUser'),
        `${figure((1 - cpu('error') / cpu(level)) * 100)} %`,
      ]),
      checks: [],
    };
  },
};
