import type { Random } from '../../simulators/people/random.ts';
import type { Figures } from './claims.ts';
import { attacks } from './scenarios/attacks.ts';
import { sharedBudget } from './scenarios/budget.ts';
import { clockAnHourOff } from './scenarios/clock-an-hour-off.ts';
import { cronLoop } from './scenarios/cron-loop.ts';
import { deadlyRun } from './scenarios/deadly-run.ts';
import { dueTimes } from './scenarios/due-times.ts';
import { failoverForgets } from './scenarios/failover-forgets.ts';
import { killsInEveryPhase } from './scenarios/kills-in-every-phase.ts';
import { largeRoster } from './scenarios/large-roster.ts';
import { mixedModes } from './scenarios/mixed-modes.ts';
import { noWriteWithoutPermission } from './scenarios/no-write.ts';
import { randomKills } from './scenarios/random-kills.ts';
import { redisFlushed } from './scenarios/redis-flushed.ts';
import { redisFrozen } from './scenarios/redis-frozen.ts';
import { redisRefuses } from './scenarios/redis-refuses.ts';
import { sigtermInEveryPhase } from './scenarios/sigterm-in-every-phase.ts';
import { vendorDown } from './scenarios/vendor-down.ts';
import { workersAtOnce } from './scenarios/workers-at-once.ts';

/** A scenario in its two sizes; it throws when something is not as it must be. */
export interface Scenario {
  readonly name: string;
  /** For `npm test`; none where a test elsewhere shows the same, or where a small size shows nothing. */
  readonly short?: (random: Random) => Promise<Figures>;
  /** With the numbers that are promised. */
  readonly long: (random: Random) => Promise<Figures>;
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'random-kills',
    short: (random) =>
      randomKills(random, { users: 1000, kills: 4, restarts: 1, faultShare: 0.1, pauses: 1 }),
    long: (random) =>
      randomKills(random, { users: 10_000, kills: 20, restarts: 3, faultShare: 0.1, pauses: 30 }),
  },
  {
    name: 'redis-frozen',
    short: (random) => redisFrozen(random, { users: 400, frozenMs: 5_000, lock: 'PT2S' }),
    long: (random) => redisFrozen(random, { users: 5000, frozenMs: 40_000, lock: 'PT30S' }),
  },
  {
    name: 'redis-lost',
    short: (random) => redisFlushed(random, { users: 100, loss: 'restart' }),
    long: (random) => redisFlushed(random, { users: 1000, loss: 'restart' }),
  },
  {
    name: 'redis-flushed',
    long: (random) => redisFlushed(random, { users: 1000, loss: 'flush' }),
  },
  {
    name: 'failover-forgets',
    long: (random) => failoverForgets(random, { users: 300, failovers: 10 }),
  },
  {
    name: 'redis-refuses',
    short: (random) => redisRefuses(random, { cases: ['OOM', 'LOADING'], idleMs: 4_000, users: 50 }),
    long: (random) =>
      redisRefuses(random, {
        cases: ['OOM', 'MISCONF', 'NOREPLICAS', 'NOPERM', 'READONLY', 'MASTERDOWN', 'BUSY', 'LOADING'],
        idleMs: 4_000,
        users: 200,
      }),
  },
  {
    name: 'sigterm-in-every-phase',
    short: (random) => sigtermInEveryPhase(random, { users: 40, latencyMs: 50, lifeMs: 300 }),
    long: (random) => sigtermInEveryPhase(random, { users: 1500, latencyMs: 60, lifeMs: 600 }),
  },
  {
    name: 'workers-at-once',
    short: (random) => workersAtOnce(random, { rounds: 2, replicas: 5 }),
    long: (random) => workersAtOnce(random, { rounds: 50, replicas: 5 }),
  },
  {
    name: 'due-times',
    short: (random) => dueTimes(random, { dueTimes: 3, everySeconds: 3, replicas: 3, pauseMs: 500 }),
    long: (random) => dueTimes(random, { dueTimes: 200, everySeconds: 2, replicas: 5, pauseMs: 2000 }),
  },
  {
    name: 'clock-an-hour-off',
    short: (random) => clockAnHourOff(random, { users: 200 }),
    long: (random) => clockAnHourOff(random, { users: 3000 }),
  },
  {
    name: 'no-write-without-permission',
    short: (random) => noWriteWithoutPermission(random, { users: 100, kills: 1 }),
    long: (random) => noWriteWithoutPermission(random, { users: 3000, kills: 5 }),
  },
  {
    name: 'cron-loop',
    short: (random) => cronLoop(random, { users: 40, ticks: 6, everyMs: 2000 }),
    long: (random) => cronLoop(random, { users: 100, ticks: 36, everyMs: 5000 }),
  },
  {
    name: 'mixed-modes',
    short: (random) => mixedModes(random, { users: 60, seconds: 8 }),
    long: (random) => mixedModes(random, { users: 300, seconds: 120 }),
  },
  {
    name: 'attacks',
    short: (random) => attacks(random, { users: 40, seconds: 8 }),
    long: (random) => attacks(random, { users: 200, seconds: 1200 }),
  },
  {
    name: 'budget',
    short: (random) => sharedBudget(random, { seconds: 6, perSecond: 50, workers: 3, leastShare: 0 }),
    long: (random) => sharedBudget(random, { seconds: 60, perSecond: 50, workers: 3, leastShare: 0.95 }),
  },
  {
    name: 'vendor-down',
    long: (random) => vendorDown(random, { users: 3000, downMs: 120_000 }),
  },
  {
    name: 'large-roster',
    long: (random) => largeRoster(random, { users: 1_000_000, fewUsers: 10_000, requests: 40_000 }),
  },
  {
    name: 'deadly-run',
    short: (random) => deadlyRun(random, { users: 40 }),
    long: (random) => deadlyRun(random, { users: 3000 }),
  },
  {
    name: 'kills-in-every-phase',
    short: (random) =>
      killsInEveryPhase(random, {
        users: 400,
        batchSize: 20,
        places: ['canary added', 'apply added'],
        afterMs: 20,
      }),
    long: (random) =>
      killsInEveryPhase(random, {
        users: 300_000,
        batchSize: 200,
        places: [
          'plan',
          'plan added',
          'gate added',
          'canary',
          'canary added',
          'apply',
          'apply added',
          'report added',
        ],
        afterMs: 2_000,
      }),
  },
];
