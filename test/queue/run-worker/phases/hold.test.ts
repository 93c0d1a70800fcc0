import { expect, it } from 'vitest';
import { exitCodes } from '../../../../src/domain/exit-codes.ts';
import { newRunId } from '../../../../src/queue/messages/run-id.ts';
import { stateToShow } from '../../../../src/queue/messages/run-state.ts';
import { findRun } from '../../../../src/queue/records/runs/find-run.ts';
import { decideRun, NotHeld } from '../../../../src/queue/run-worker/phases/hold.ts';
import { findReport } from '../../../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../../../src/queue/run-worker/requests/add-run.ts';
import { lookAtStandingRun } from '../../../../src/queue/run-worker/requests/standing-run.ts';
import { openQueueFixture, until, useRedis } from '../../queue-fixture.ts';

const redis = useRedis();
const users = [{ username: 'kari' }, { username: 'ola' }];

async function openHeldRun() {
  const environment = { PURGE_WINDOWS_MAX_ACTIONS: '1', PURGE_WINDOWS_HOLD_ON: 'max-actions' };
  const { context, work } = openQueueFixture(redis(), { users, environment });
  const { runs } = context.queues;
  const id = newRunId('purge-windows', context.now());
  await addRun(runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'command' }, id);
  expect(await lookAtStandingRun(context, 'purge-windows')).toEqual({
    kind: 'settle',
    id,
    because: 'nobody has begun it yet',
  });
  await work();
  await until(async () => stateToShow((await findRun(runs, id))?.data)?.phase === 'held');
  return { context, runs, id, now: context.now() };
}

it('a run that is held keeps others back and says so, until somebody rejects it', async () => {
  const { context, runs, id, now } = await openHeldRun();
  expect(await lookAtStandingRun(context, 'purge-windows')).toEqual({
    kind: 'skip',
    id,
    reason: expect.stringMatching(
      new RegExp(`^overlap: run ${id} is held until .*: approve it or reject it$`),
    ),
  });
  await decideRun(context.queues, id, { verdict: 'reject', note: 'not today', by: 'kari' }, now);
  const report = await until(async () => {
    const found = await findReport(runs, id);
    return found?.run.status === 'stopped' && found;
  });
  expect(report.run).toMatchObject({
    status: 'stopped',
    reason: expect.stringMatching(/^rejected by kari: not today \(held because /),
  });
});

it('a run that is not held cannot be decided, and the error says what to do', async () => {
  const { context, runs, id, now } = await openHeldRun();
  const approve = (run: string) => decideRun(context.queues, run, { verdict: 'approve' }, now);
  await expect(approve('meta')).rejects.toMatchObject({
    name: 'NotHeld',
    problem: 'There is no run meta.',
    advice: 'List the runs with caretaker runs.',
    exitCode: exitCodes.usage,
  });
  await decideRun(context.queues, id, { verdict: 'reject' }, now);
  await expect(approve(id)).rejects.toBeInstanceOf(NotHeld);
  await until(async () => (await runs.getJob(id))?.finishedOn);
  await expect(approve(id)).rejects.toThrow(
    `The run ${id} is not held. Look at it with caretaker runs ${id}.`,
  );
});

it('one of several decisions at the same moment counts, and every other is a conflict', async () => {
  const { context, id, now } = await openHeldRun();
  const verdicts = ['approve', 'reject', 'approve', 'reject'] as const;
  const ended = await Promise.allSettled(
    verdicts.map((verdict) => decideRun(context.queues, id, { verdict, by: verdict }, now)),
  );
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const winner = verdicts[ended.findIndex(({ status }) => status === 'fulfilled')];
  for (const one of ended) {
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ name: 'NotHeld' });
  }
  const report = await findReport(context.queues.runs, id);
  expect(report?.hold?.decision).toMatchObject({ what: winner, by: winner });
});

it('a decision after the time of a held run is refused', async () => {
  const { context, id, now } = await openHeldRun();
  const late = decideRun(context.queues, id, { verdict: 'approve' }, now.plus({ days: 2 }));
  await expect(late).rejects.toMatchObject({
    name: 'NotHeld',
    exitCode: exitCodes.failures,
    problem: expect.stringMatching(/was held until .*, and that is over\.$/),
  });
});
