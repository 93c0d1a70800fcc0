import { DateTime } from 'luxon';
import { findJob } from '../../src/jobs/index.ts';
import { outlooksOf } from '../../src/queue/outlooks/outlooks.ts';
import { keyedHash } from '../../src/security/keyed-hash.ts';
import type { Experiment } from '../experiment.ts';
import type { Fixture } from '../fixture.ts';
import { readUsedBytes } from '../redis-memory.ts';
import { figure } from '../stats.ts';
import { eventsOf } from '../time-lapse/facts.ts';
import { type Lapse, lapseWith } from '../time-lapse/lapse.ts';
import { requestsPerNight } from '../time-lapse/proofs.ts';
import { wholeWorld } from '../time-lapse/scenarios.ts';

const variable = 'REFRESH_TIMED_DEVICES_REREAD_AFTER';
/** As long as everybody is asked, and as long as the quickest phones of that world allow at most. */
const waits = ['P1D', 'P3D', 'P7D'] as const;

/** What a person costs in requests, when everybody is asked every night and when only those are who can be due. */
export const asking: Experiment = {
  name: 'asking',
  async measure(fixture, { quick, tell }) {
    const world = quick ? { ...wholeWorld, users: 100 } : wholeWorld;
    const lapses: [string, Lapse][] = [];
    for (const wait of waits) {
      await fixture.reset();
      const store = { redis: fixture.client, prefix: '{asking}' };
      const lapse = await lapseWith(world, { [variable]: wait }, { store });
      lapses.push([wait, lapse]);
      tell(`  ${wait}: ${requestsPerNight({ lapse })} requests per person and night`);
    }
    const users = quick ? 10_000 : 1_000_000;
    const bytes = await bytesPerUser(fixture, users);
    tell(`  ${figure(bytes)} bytes for each of ${users} users`);
    const [every, , week] = lapses.map(([, { requests }]) => requests);
    return {
      name: 'asking',
      title: 'Requests per person and night',
      how: `A refresh in enforce every night, reads and writes together: ${world.users} people over ${world.days} nights of [the time-lapse](time-lapse.md#ask-only-who-can-be-due), whose quickest phones allow 5.5 days. What Redis needs to know whom it need not ask was measured with ${figure(users)} users.`,
      columns: [variable, 'requests', 'per person and night', 'refreshes', 'notifications', 'time-outs'],
      rows: lapses.map(([wait, lapse]) => [
        wait,
        figure(lapse.requests),
        requestsPerNight({ lapse }),
        figure(lapse.refreshes.length),
        figure(eventsIn(lapse, 'notification')),
        figure(eventsIn(lapse, 'timeout')),
      ]),
      checks: [
        {
          what: 'requests of a refresh with REREAD_AFTER P7D as a part of those with P1D',
          value: (week ?? 0) / (every ?? 0),
          atMost: 0.33,
        },
        { what: 'bytes of Redis per user to know whom to ask', value: bytes, atMost: 30 },
      ],
    };
  },
};

function eventsIn(lapse: Lapse, kind: 'notification' | 'timeout'): number {
  return eventsOf(lapse, kind, 'daily', 'weekly', 'holiday', 'leaver', 'replaced').length;
}

async function bytesPerUser({ reset, client }: Fixture, users: number): Promise<number> {
  await reset();
  const before = await readUsedBytes(client);
  const job = findJob('refresh-timed-devices');
  const parts = {
    queues: { redis: client, prefix: '{asking}' },
    clients: { keyedHash: () => keyedHash('bench') },
  };
  const outlooks = job && outlooksOf(parts, job, { unit: 'days', rereadAfter: 'P7D' });
  if (!outlooks) throw new Error('The registry has no job refresh-timed-devices.');
  const now = DateTime.fromISO('2026-01-05T03:45:00Z');
  const askedMs = now.toMillis();
  const batch = 200;
  await outlooks.begin(users, now);
  for (let first = 0; first < users; first += batch) {
    const seen = Array.from({ length: batch }, (_, index) => ({
      user: { username: `user ${first + index}` },
      askedMs,
      nothingBeforeMs: Number.POSITIVE_INFINITY,
    }));
    await outlooks.remember(seen, now);
  }
  return ((await readUsedBytes(client)) - before) / users;
}
