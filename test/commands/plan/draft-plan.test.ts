import { expect, it } from 'vitest';
import { draftPlan } from '../../../src/commands/plan/draft-plan.ts';
import { requireWritingJob } from '../../../src/commands/plan/writing-job.ts';
import { openClients } from '../../../src/commands/setup/clients.ts';
import { readConfig } from '../../../src/commands/setup/config.ts';
import { createLog } from '../../../src/log.ts';
import { openStreams } from '../streams.ts';

it('a plan is not made of a roster that changes while it is planned', async () => {
  const { context } = openStreams(false, {
    POINTSHARP_URL: 'http://127.0.0.1:9/api/',
    AUDIT_POCKET_ENABLED: 'false',
  });
  const config = readConfig(context, ['pointsharp']);
  let readings = 0;
  /** Another user each time it is read. */
  async function openRoster() {
    readings += 1;
    const user = { username: `user ${readings}` };
    return {
      name: 'r',
      async *read() {
        yield [{ line: 2, user }];
      },
      close: async () => {},
    };
  }
  const clients = openClients(config);
  const drafting = {
    ...requireWritingJob(config, 'purge-windows'),
    config,
    request: {},
    openRoster,
    clients,
    log: createLog('fatal', [], context.errors),
    progress: { show() {}, end() {} },
    now: context.now,
    signal: new AbortController().signal,
  };
  await expect(draftPlan(drafting)).rejects.toMatchObject({
    name: 'RosterError',
    message: expect.stringContaining('changed while it was being planned'),
  });
  expect(readings).toBe(2);
  await clients.destroy();
});
