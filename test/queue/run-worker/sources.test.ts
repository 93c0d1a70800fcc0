import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { WorkerContext } from '../../../src/queue/context.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { stateToShow } from '../../../src/queue/messages/run-state.ts';
import { findRun } from '../../../src/queue/records/runs/find-run.ts';
import { decideRun } from '../../../src/queue/run-worker/phases/hold.ts';
import { findReport } from '../../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { rosterFromStream } from '../../../src/roster/roster.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';
import { startYesMan } from '../yes-man.ts';

const redis = useRedis();

/** A roster out of two sources, of which the second gives so many users. */
interface Given {
  south: number;
  writtenAtMs?: number;
}

async function openSources(environment: Readonly<Record<string, string>> = {}) {
  const { url, asked } = await startYesMan();
  const fixture = openQueueFixture(redis(), { environment: { POINTSHARP_URL: url, ...environment } });
  const given: Given = { south: 10 };
  const openRoster: WorkerContext['openRoster'] = async () => {
    const names = Array.from({ length: 30 + given.south }, (_, index) => `{"username":"u${index}"}\n`);
    const patience = { timeoutMs: 60_000 };
    const roster = await rosterFromStream({ name: 'both', ending: '' }, Readable.from(names), patience);
    const { south, writtenAtMs } = given;
    return {
      ...roster,
      sources: [
        { name: 'north', users: 30, fingerprint: 'n' },
        { name: 'south', users: south, fingerprint: `s${south}` },
      ],
      ...(writtenAtMs === undefined ? {} : { writtenAtMs: async () => writtenAtMs }),
    };
  };
  const context = fixture.another({ openRoster });
  await fixture.work(context);
  const { runs } = context.queues;

  async function endOf(id: string) {
    await until(async () => (await runs.getJob(id))?.finishedOn);
    return (await until(() => findReport(runs, id))).run;
  }
  async function begin(mode: 'observe' | 'enforce'): Promise<string> {
    const id = newRunId('purge-windows', context.now());
    await addRun(runs, 'purge-windows', { mode }, { trigger: 'schedule' }, id);
    return id;
  }
  async function purge(mode: 'observe' | 'enforce') {
    const id = await begin(mode);
    const { status, reason } = await endOf(id);
    return { status, reason };
  }
  async function heldPurge() {
    asked.length = 0;
    const id = await begin('enforce');
    const hold = await until(async () => stateToShow((await findRun(runs, id))?.data)?.hold);
    expect(asked).toEqual([]);
    return { id, reason: hold.reason };
  }
  async function approve(id: string) {
    await decideRun(context.queues, id, { verdict: 'approve' }, context.now());
    return (await endOf(id)).status;
  }
  return { given, purge, heldPurge, approve, context };
}

it('a source that lost more than half of its users is held, whatever the roster as a whole, until a person approves', async () => {
  const { given, purge, heldPurge, approve } = await openSources();
  expect(await purge('enforce')).toEqual({ status: 'completed', reason: null });
  given.south = 4;
  const lost = 'south gives 4 users, fewer than PURGE_WINDOWS_SHRINK_FACTOR=0.5 times the 10 of last time';
  // What only observes must not make it the measure.
  for (const _ of [1, 2]) expect((await purge('observe')).reason).toContain(lost);
  const { id, reason } = await heldPurge();
  expect(reason).toContain(lost);
  expect(reason).not.toContain('north');
  expect(await approve(id)).toBe('completed');
  expect(await purge('enforce')).toEqual({ status: 'completed', reason: null });
});

it('a file that is older than CARETAKER_ROSTER_MAX_AGE is held in enforce and told in observe', async () => {
  const { given, purge, heldPurge, context } = await openSources({ CARETAKER_ROSTER_MAX_AGE: 'P1D' });
  given.writtenAtMs = context.now().minus({ hours: 23 }).toMillis();
  expect(await purge('enforce')).toEqual({ status: 'completed', reason: null });
  given.writtenAtMs = context.now().minus({ hours: 49 }).toMillis();
  const told = 'the roster was written 49 hours ago, longer than CARETAKER_ROSTER_MAX_AGE=P1D allows';
  expect((await purge('observe')).reason).toContain(`in enforce this run would be held: ${told}`);
  expect((await heldPurge()).reason).toContain(told);
});
