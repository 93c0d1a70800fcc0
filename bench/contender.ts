import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { caretaker, type Fixture, inFlight } from './fixture.ts';
import { readUsedBytes, watchRedis } from './redis-memory.ts';
import { runMeasured } from './run-measured.ts';
import { figure, type Spread, spreadOf, spreadText } from './stats.ts';

/** One way of doing the work, in a process of its own. */
export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  readonly users: number;
  /** Which vendor is asked. */
  readonly vendor?: 'pointsharp' | 'superoffice';
  /** How many requests each user takes; where that differs from user to user, as many as the report says. */
  readonly requestsPerUser?: number | 'reported';
  /** Whether it reads the addresses of all calls from a file. */
  readonly readsCalls?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What one play of a contender cost. */
export interface Sample {
  readonly seconds: number;
  readonly usersPerSecond: number;
  /** User and system time of the whole process tree, in microseconds. */
  readonly cpuPerUser: number;
  readonly peakMb: number;
  readonly requestsPerUser: number;
  readonly redisBytesPerUser: number;
  /** Not a number where no report says how many actions were planned. */
  readonly redisBytesPerAction: number;
  /** How many findings are reported; 0 where nothing is said of them. */
  readonly findings: number;
}

/** A contender that is a script in `contenders/`; `flags` are for Node. */
export function scriptContender(
  name: string,
  file: string,
  users: number,
  flags: readonly string[] = [],
): Contender {
  return { name, command: [process.execPath, ...flags, sideFile(`${file}.ts`)], users };
}

/** A contender that is a command of ours, with everything on, metrics among it. */
export function ownContender(
  name: string,
  words: readonly string[],
  users: number,
  environment: Readonly<Record<string, string>> = {},
): Contender {
  return { name, command: [...caretaker, ...words], users, environment: { OPS_PORT: '0', ...environment } };
}

export function sideFile(name: string): string {
  return fileURLToPath(new URL(`contenders/${name}`, import.meta.url));
}

/**
 * Plays a contender once, on worlds and a Redis that are as at the beginning.
 *
 * @throws Error when it did not ask the vendor just what it should have
 */
export async function play(fixture: Fixture, contender: Contender, latencyMs = 0): Promise<Sample> {
  const { users, vendor = 'pointsharp', requestsPerUser = 2 } = contender;
  await fixture.reset(latencyMs);
  const roster = await fixture.roster(users);
  const before = await readUsedBytes(fixture.client);
  const calls = contender.readsCalls ? { BENCH_CALLS: await writeCalls(fixture, users) } : {};
  const redis = watchRedis(fixture.client);
  const cost = await runMeasured(contender.command, {
    log: join(fixture.folder, 'contender.log'),
    environment: {
      ...fixture.environment,
      CARETAKER_ROSTER: roster,
      BENCH_ROSTER: roster,
      BENCH_URL: fixture.vendors.pointsharp,
      BENCH_IN_FLIGHT: String(inFlight),
      ...calls,
      ...contender.environment,
    },
  }).finally(redis.stop);
  const peakBytes = await redis.peak();
  const { requests, perUser, violations, byStatus } = await fixture.traffic(vendor);
  const wanted =
    requestsPerUser === 'reported' ? reportedRequests(cost.output, vendor) : users * requestsPerUser;
  const isRight = requests === wanted && perUser.total === wanted && (byStatus['200'] ?? 0) === wanted;
  if (!isRight || violations.total > 0) {
    throw new Error(
      `${contender.name} made ${requests} requests (${JSON.stringify(byStatus)}) in place of ${wanted}.`,
    );
  }
  return {
    seconds: cost.seconds,
    usersPerSecond: users / cost.seconds,
    cpuPerUser: (cost.cpuSeconds * 1e6) / users,
    peakMb: cost.peakMb,
    requestsPerUser: requests / users,
    redisBytesPerUser: Math.max(0, peakBytes - before) / users,
    redisBytesPerAction: Math.max(0, peakBytes - before) / plannedOf(cost.output),
    findings: findingsOf(cost.output),
  };
}

/** What the report of a run says of its requests; not a number where it says nothing. */
function reportedRequests(output: string, vendor: string): number {
  return reportIn(output).requests?.[vendor] ?? Number.NaN;
}

function plannedOf(output: string): number {
  return reportIn(output).actions?.planned ?? Number.NaN;
}

function findingsOf(output: string): number {
  return Object.values(reportIn(output).findings ?? {}).reduce((sum, count) => sum + count, 0);
}

interface Reported {
  readonly requests?: Readonly<Record<string, number>>;
  readonly actions?: { readonly planned: number };
  readonly findings?: Readonly<Record<string, number>>;
}

/** The report that a contender printed, if it did. */
function reportIn(output: string): Reported {
  return output.startsWith('{') ? (JSON.parse(output) as Reported) : {};
}

/** All samples of every contender, by its name. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/** Plays the contenders in rounds, the order of each round turned around, so that no contender always comes first. */
export async function compare(
  fixture: Fixture,
  contenders: readonly Contender[],
  rounds: number,
  tell: (line: string) => void,
  latencyMs = 0,
): Promise<Samples> {
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const sample = await play(fixture, contender, latencyMs);
      samples.get(contender.name)?.push(sample);
      const { usersPerSecond, cpuPerUser } = sample;
      tell(`  ${contender.name}: ${figure(usersPerSecond)} users/s, ${figure(cpuPerUser)} µs CPU per user`);
    }
  }
  return samples;
}

/** One figure of a contender over all rounds. */
export function spread(samples: Samples, contender: string, key: keyof Sample): Spread {
  return spreadOf((samples.get(contender) ?? []).map((sample) => sample[key]));
}

/** A figure of one contender as a multiple of that of another: of each round by itself, as machines are noisy, then the median. */
export function ratio(samples: Samples, key: keyof Sample, contender: string, to: string): Spread {
  const others = samples.get(to) ?? [];
  return spreadOf(
    (samples.get(contender) ?? []).map((sample, round) => sample[key] / (others[round]?.[key] ?? Number.NaN)),
  );
}

export const sampleColumns = [
  'contender',
  'users',
  'users/s',
  'CPU µs per user',
  'peak MB',
  'requests per user',
  'Redis bytes per user',
];

/** One row of a table for each contender: medians, with the extremes of the speed. */
export function sampleRows(samples: Samples, contenders: readonly Contender[]): string[][] {
  return contenders.map(({ name, users }) => {
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

async function writeCalls({ folder, vendors, roster }: Fixture, users: number): Promise<string> {
  const path = join(folder, 'calls.txt');
  process.env.BENCH_ROSTER = await roster(users);
  const { purges, readQueries } = await import('./contenders/users.ts');
  const calls = readQueries().flatMap((query) =>
    purges.map((purge) => `${vendors.pointsharp}${purge}?${query}`),
  );
  await writeFile(path, `${calls.join('\n')}\n`);
  return path;
}
