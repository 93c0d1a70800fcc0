import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { findJob, jobs } from '../../../src/jobs/index.ts';
import { beginRun, type RunState } from '../../../src/queue/messages/run-state.ts';
import { itemsIn, progressOf } from '../../../src/queue/views/run-progress.ts';
import { leastEnvironment } from '../../config/environments.ts';

const now = DateTime.utc(2026);
const config = loadConfig(leastEnvironment, jobs, now);

function runOf(name: string, state: Partial<RunState>) {
  const job = findJob(name);
  const settings = config.jobs[name];
  if (!job || !settings) throw new Error(`There is no job ${name}.`);
  const run = { ...beginRun(job, settings, 'enforce', now), batchSize: 200, selected: 950, planned: 2000 };
  return [job, { ...run, ...state }] as const;
}

const items = (name: string, state: Partial<RunState>, batches: number) =>
  itemsIn(...runOf(name, state), batches);

const plan = { phase: 'plan', fannedOut: true } as const;
const reading = { phase: 'plan', fannedOut: false, selected: 0 } as const;

describe('the progress of a run in users and actions', () => {
  // The canary of 2,000 actions has 20 of them, in one batch; then batches get smaller, down to 50.
  it.each([
    ['users planned', 'refresh-timed-devices', plan, 3, { what: 'users', done: 600, total: 950 }],
    [
      'a last batch that is smaller',
      'refresh-timed-devices',
      plan,
      5,
      { what: 'users', done: 950, total: 950 },
    ],
    [
      'a roster that is still being read',
      'audit-pocket',
      reading,
      2,
      { what: 'users', done: 400, total: undefined },
    ],
    [
      'the canary under way',
      'refresh-timed-devices',
      { phase: 'canary' },
      0,
      { what: 'actions', done: 0, total: 2000 },
    ],
    [
      'the canary done',
      'refresh-timed-devices',
      { phase: 'apply' },
      1,
      { what: 'actions', done: 20, total: 2000 },
    ],
    [
      'what follows the canary',
      'refresh-timed-devices',
      { phase: 'apply' },
      3,
      { what: 'actions', done: 120, total: 2000 },
    ],
    [
      'no canary',
      'refresh-timed-devices',
      { phase: 'apply', verify: 'none' },
      3,
      { what: 'actions', done: 150, total: 2000 },
    ],
    [
      'all actions',
      'refresh-timed-devices',
      { phase: 'apply' },
      41,
      { what: 'actions', done: 2000, total: 2000 },
    ],
    [
      'a canary of all there is',
      'refresh-timed-devices',
      { phase: 'apply', planned: 3 },
      1,
      { what: 'actions', done: 3, total: 3 },
    ],
    [
      'a job that plans from the roster',
      'purge-windows',
      { phase: 'apply' },
      2,
      { what: 'users', done: 100, total: 950 },
    ],
    ['the gate', 'refresh-timed-devices', { phase: 'gate' }, 5, undefined],
    ['the gate of a job that plans from the roster', 'purge-windows', { phase: 'gate' }, 0, undefined],
  ] as const)('the progress of %s is told', (_, job, state, batches, expected) => {
    expect(items(job, state, batches)).toEqual(expected);
  });
});

it.each([
  ['canary', 15, 0],
  ['apply', 25, 10],
  ['canary', 14, 0],
] as const)('in the phase %s the batches of a plan of 3,000 users do not count', (phase, ended, done) => {
  const run = runOf('refresh-timed-devices', { phase, selected: 3_000, planned: 5_000 });
  expect(progressOf(...run, { ended, left: 7 })).toMatchObject({ phase: 'apply', done, total: done + 7 });
});
