import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { caretaker, type Ground, inFlight } from './ground.ts';
import { measured } from './measured.ts';
import { readUsedBytes, watchRedis } from './redis-memory.ts';
import { figure, type Spread, spreadOf, spreadText } from './stats.ts';

/** One way of doing the work, in a process of its own. */
export interface Side {
  readonly name: string;
  readonly command: readonly string[];
  readonly users: number;
  /** Which vendor is asked. */
  readonly vendor?: 'pointsharp' | 'superoffice';
  /** How many requests each user takes. */
  readonly requestsPerUser?: number;
  /** Whether it reads the addresses of all calls from a file. */
  readonly readsCalls?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What one play of a side cost. */
export interface Sample {
  readonly seconds: number;
  readonly usersPerSecond: number;
  /** User and system time of the whole process tree, in microseconds. */
  readonly cpuPerUser: number;
  readonly peakMb: number;
  readonly requestsPerUser: number;
  readonly redisBytesPerUser: number;
}

/** A side that is a script in `sides/`; `flags` are for Node. */
export function scriptSide(name: string, file: string, users: number, flags: readonly string[] = []): Side {
  return { name, command: [process.execPath, ...flags, sideFile(`${file}.ts`)], users };
}

/** A side that is a command of ours, with everything on, metrics among it. */
export function ownSide(
  name: string,
  words: readonly string[],
  users: number,
  environment: Readonly<Record<string, string>> = {},
): Side {
  return { name, command: [...caretaker, ...words], users, environment: { OPS_PORT: '0', ...environment } };
}

export function sideFile(name: string): string {
  return fileURLToPath(new URL(`sides/${name}`, import.meta.url));
}

/**
 * Plays a side once, on worlds and a Redis that are as at the beginning.
 *
 * @throws Error when it did not ask the vendor just what it should have
 */
export async function play(ground: Ground, side: Side, latencyMs = 0): Promise<Sample> {
  const { users, vendor = 'pointsharp', requestsPerUser = 2 } = side;
  await ground.reset(latencyMs);
  const roster = await ground.roster(users);
  const before = await readUsedBytes(ground.client);
  const calls = side.readsCalls ? { BENCH_CALLS: await writeCalls(ground, users) } : {};
  const redis = watchRedis(ground.client);
  const cost = await measured(side.command, {
    log: join(ground.folder, 'side.log'),
    environment: {
      ...ground.environment,
      CARETAKER_ROSTER: roster,
      BENCH_ROSTER: roster,
      BENCH_URL: ground.vendors.pointsharp,
      BENCH_IN_FLIGHT: String(inFlight),
      ...calls,
      ...side.environment,
    },
  }).finally(redis.stop);
  const peakBytes = await redis.peak();
  const { requests, perUser, violations, byStatus } = await ground.traffic(vendor);
  const wanted = users * requestsPerUser;
  const isRight = requests === wanted && perUser.total === wanted && byStatus['200'] === wanted;
  if (!isRight || violations.total > 0) {
    throw new Error(
      `${side.name} made ${requests} requests (${JSON.stringify(byStatus)}) in place of ${wanted}.`,
    );
  }
  return {
    seconds: cost.seconds,
    usersPerSecond: users / cost.seconds,
    cpuPerUser: (cost.cpuSeconds * 1e6) / users,
    peakMb: cost.peakMb,
    requestsPerUser: requests / users,
    redisBytesPerUser: Math.max(0, peakBytes - before) / users,
  };
}

/** All samples of every side, by its name. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/** Plays the sides in rounds, the order of each round turned around, so that no side always comes first. */
export async function compare(
  ground: Ground,
  sides: readonly Side[],
  rounds: number,
  tell: (line: string) => void,
  latencyMs = 0,
): Promise<Samples> {
  const samples = new Map<string, Sample[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const sample = await play(ground, side, latencyMs);
      samples.get(side.name)?.push(sample);
      const { usersPerSecond, cpuPerUser } = sample;
      tell(`  ${side.name}: ${figure(usersPerSecond)} users/s, ${figure(cpuPerUser)} µs CPU per user`);
    }
  }
  return samples;
}

/** One figure of a side over all rounds. */
export function spread(samples: Samples, side: string, key: keyof Sample): Spread {
  return spreadOf((samples.get(side) ?? []).map((sample) => sample[key]));
}

/** A figure of one side as a multiple of that of another: of each round by itself, as machines are noisy, then the median. */
export function ratio(samples: Samples, key: keyof Sample, side: string, to: string): Spread {
  const others = samples.get(to) ?? [];
  return spreadOf(
    (samples.get(side) ?? []).map((sample, round) => sample[key] / (others[round]?.[key] ?? Number.NaN)),
  );
}

export const sampleColumns = [
  'side',
  'users',
  'users/s',
  'CPU µs per user',
  'peak MB',
  'requests per user',
  'Redis bytes per user',
];

/** One row of a table for each side: medians, with the extremes of the speed. */
export function sampleRows(samples: Samples, sides: readonly Side[]): string[][] {
  return sides.map(({ name, users }) => {
    const median = (key: keyof Sample) => figure(spread(samples, name, key).median);
    return [
      name,
      users.toLocaleString('en'),
      spreadText(spread(samples, name, 'usersPerSecond')),
      spreadText(spread(samples, name, 'cpuPerUser')),
      median('peakMb'),
      median('requestsPerUser'),
      median('redisBytesPerUser'),
    ];
  });
}

async function writeCalls({ folder, vendors, roster }: Ground, users: number): Promise<string> {
  const path = join(folder, 'calls.txt');
  process.env.BENCH_ROSTER = await roster(users);
  const { purges, readQueries } = await import('./sides/users.ts');
  const calls = readQueries().flatMap((query) =>
    purges.map((purge) => `${vendors.pointsharp}${purge}?${query}`),
  );
  await writeFile(path, `${calls.join('\n')}\n`);
  return path;
}
