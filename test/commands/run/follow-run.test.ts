import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitForReport } from '../../../src/commands/run/follow-run.ts';
import { withQueues } from '../../../src/commands/setup/queues.ts';
import { OperatorError } from '../../../src/domain/operator-error.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { openStreams } from '../streams.ts';

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
