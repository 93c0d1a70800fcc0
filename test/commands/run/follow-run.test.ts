import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitForReport } from '../../../src/commands/run/follow-run.ts';
import { withQueues } from '../../../src/commands/setup/queues.ts';
import { OperatorError } from '../../../src/domain/operator-error.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { stopRun } from '../../../src/queue/stop-run.ts';
import { type RunProgress, runProgress } from '../../../src/queue/views/run-progress.ts';
import { openQueueFixture, until, useRedis } from '../../queue/queue-fixture.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { openStreams } from '../streams.ts';

const redis = useRedis();
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 5 });
});
afterAll(() => endToEnd.close());

it('a run that is no longer in Redis ends the wait, and a person is told how to go on', async () => {
  const { context } = openStreams(false, endToEnd.environment);
  const gone = withQueues(context, ({ runs }) =>
    waitForReport(runs, 'purge-windows-1', { show() {}, end() {} }),
  );
  await expect(gone).rejects.toBeInstanceOf(OperatorError);
  await expect(gone).rejects.toMatchObject({
    name: 'RunLost',
    exitCode: 1,
    problem: expect.stringContaining('The run purge-windows-1 is no longer in Redis: it was removed, or'),
  });
});

it('whoever follows a run is told from its stop to its end that it is to stop, and not before', async () => {
  const { context, work } = openQueueFixture(redis(), { users: [{ username: 'kari' }, { username: 'ola' }] });
  const { runs, vendors } = context.queues;
  await vendors.pointsharp.pause();
  await work();
  const id = newRunId('purge-windows', context.now());
  await addRun(runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'command' }, id);
  await until(async () => ((await runProgress(runs, id))?.total ?? 0) > 0);
  expect(await runProgress(runs, id)).not.toHaveProperty('isStopping');
  await stopRun(runs, id, 'enough');
  const shown: (RunProgress | undefined)[] = [];
  const followed = waitForReport(runs, id, { show: (progress) => void shown.push(progress), end() {} });
  await until(async () => shown.length > 0);
  await vendors.pointsharp.resume();
  expect((await followed).run.status).toBe('stopped');
  expect(shown.at(-1)).toMatchObject({ phase: 'report', isStopping: true });
  expect(shown.every((progress) => progress?.isStopping)).toBe(true);
});
