import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { findJob, jobs } from '../../../src/jobs/index.ts';
import { UnreadableRecord } from '../../../src/queue/messages/parse.ts';
import { beginRun, readState, stateToShow } from '../../../src/queue/messages/run-state.ts';

function begun() {
  const now = DateTime.fromISO('2026-11-22T02:15:00.000Z');
  const environment = {
    POINTSHARP_URL: 'http://127.0.0.1:9/api/',
    AUDIT_POCKET_ENABLED: 'false',
    REFRESH_TIMED_DEVICES_UNIT: 'days',
  };
  const config = loadConfig(environment, jobs, now);
  const [maintenance, settings] = [findJob('purge-windows'), config.jobs['purge-windows']];
  if (!maintenance || !settings) throw new Error('there is no such job');
  return beginRun(maintenance, settings, 'observe', now);
}

it('the state of a run is read as it was written down, also what another version has to say', () => {
  const state = {
    ...begun(),
    recheck: true,
    hold: { reason: 'too many', until: '2026-11-23', answer: { approved: true, note: null, at: 'now' } },
    ending: { status: 'stopped' as const, reason: 'rejected' },
    ofALaterVersion: 1,
  };
  expect(readState(JSON.parse(JSON.stringify({ mode: 'observe', state })))).toEqual(state);
});

it.each([
  ['nothing', undefined],
  ['no more than its request', { mode: 'observe', users: ['kari'] }],
])('a run that holds %s has no state yet', (_, data) => {
  expect(readState(data)).toBeUndefined();
  expect(stateToShow(data)).toBeUndefined();
});

it.each([
  ['a text', 'apply'],
  ['null', null],
  ['a phase that does not exist', { ...begun(), phase: 'party' }],
  ['limits that are none', { ...begun(), limits: {} }],
  ['a hold with a decision that is none', { ...begun(), hold: { reason: 'r', until: 'u', answer: 'yes' } }],
])('a state that is %s is an error for whoever works, and none for whoever only looks on', (_, state) => {
  expect(() => readState({ state })).toThrow(UnreadableRecord);
  expect(stateToShow({ state })).toBeUndefined();
});
