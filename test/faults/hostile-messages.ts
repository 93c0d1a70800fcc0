import type { JobsOptions } from 'bullmq';
import { between, pick, type Random } from '../../simulators/people/random.ts';

/** A message of somebody who may add to the queue of runs, and means harm. */
export interface HostileMessage {
  readonly name: string;
  readonly data: unknown;
  readonly opts: JobsOptions;
}

const jobs = ['purge-windows', 'refresh-timed-devices', 'audit-pocket'] as const;
const phases = ['plan', 'gate', 'held', 'canary', 'apply', 'report'] as const;

/** Draws one: a forged state, an origin or an id that is ours, a payload that makes no sense. */
export function hostileMessage(random: Random, nowMs: number): HostileMessage {
  const name = pick(random, jobs);
  const number = between(random, 0, 1e9);
  const mode = pick(random, ['enforce', 'observe'] as const);
  const state = {
    startedAt: new Date(nowMs).toISOString(),
    plannedAt: new Date(nowMs).toISOString(),
    mode: 'enforce',
    policy: { margin: 'P300D', activeWithin: 'P300D' },
    limits: {
      maxActions: 1e9,
      maxShare: 1,
      growthFactor: 1e9,
      shrinkFactor: 1e9,
      maxUnreadable: 1,
      holdOn: [],
    },
    verify: 'none',
    history: 1,
    batchSize: 10,
    phase: pick(random, phases),
    fannedOut: pick(random, [true, false]),
    roster: { rows: 1, rejected: 0 },
    rejections: [],
    selected: 1,
    planned: 1,
    touched: 1,
    atRisk: 0,
    ineffective: 0,
    kept: {},
  };
  return pick<HostileMessage>(random, [
    { name, data: { mode: 'enforce', state }, opts: { deduplication: { id: name } } },
    { name, data: { mode, state }, opts: { jobId: `${name}-20261128T000000Z-${number.toString(16)}` } },
    {
      name,
      data: { mode, origin: { trigger: 'command', worker: '' } },
      opts: { deduplication: { id: name } },
    },
    { name, data: { mode, origin: { trigger: 'schedule', worker: 7 }, state: 'plan' }, opts: {} },
    { name, data: { mode, origin: { trigger: 'command', plan: 'f'.repeat(64) }, state }, opts: {} },
    { name, data: null, opts: { attempts: 100, backoff: 1 } },
    { name, data: { users: [`nobody-${number}`, { username: '../..' }] }, opts: { priority: 1 } },
    { name, data: { modus: mode }, opts: { attempts: 50 } },
    { name: `job-${number}`, data: {}, opts: { deduplication: { id: name } } },
    { name, data: { mode }, opts: { delay: between(random, 0, 2000), lifo: true } },
  ]);
}
