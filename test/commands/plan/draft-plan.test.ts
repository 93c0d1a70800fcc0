import { expect, it } from 'vitest';
import { draftPlan } from '../../../src/commands/plan/draft-plan.ts';
import { requireWritingJob } from '../../../src/commands/plan/writing-job.ts';
import { openClients } from '../../../src/commands/setup/clients.ts';
import { readConfig } from '../../../src/commands/setup/config.ts';
import type { Progress } from '../../../src/commands/terminal/progress.ts';
import type { User } from '../../../src/domain/user.ts';
import { createLog } from '../../../src/log.ts';
import type { RunProgress } from '../../../src/queue/views/run-progress.ts';
import { openStreams } from '../streams.ts';

/** Plans a purge of whatever users a reading gives. */
async function draft(usersOf: (reading: number) => readonly User[], show: Progress['show'] = () => {}) {
  const { context } = openStreams(false, {
    POINTSHARP_URL: 'http://127.0.0.1:9/api/',
    AUDIT_POCKET_ENABLED: 'false',
  });
  const config = readConfig(context, ['pointsharp']);
  let readings = 0;
  async function openRoster() {
    readings += 1;
    const rows = usersOf(readings).map((user, index) => ({ line: index + 2, user }));
    return {
      name: 'r',
      async *read() {
        yield rows;
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
    progress: { show, end() {} },
    now: context.now,
    signal: new AbortController().signal,
  };
  try {
    return await draftPlan(drafting);
  } finally {
    await clients.destroy();
  }
}

it('a plan is not made of a roster that changes while it is planned', async () => {
  let readings = 0;
  const another = (reading: number) => {
    readings = reading;
    return [{ username: `user ${reading}` }];
  };
  await expect(draft(another)).rejects.toMatchObject({
    name: 'RosterError',
    message: expect.stringContaining('changed while it was being planned'),
  });
  expect(readings).toBe(2);
});

it('whoever plans is told after each batch how far it is, to the last user', async () => {
  const shown: (RunProgress | undefined)[] = [];
  const users = Array.from({ length: 1_200 }, (_, index) => ({ username: `user ${index}` }));
  await draft(
    () => users,
    (progress) => void shown.push(progress),
  );
  const items = (done: number) => ({ what: 'users', done, total: 1_200 });
  expect(shown).toHaveLength(4);
  expect(shown[1]).toEqual({ phase: 'plan', done: 1, total: 3, items: items(500) });
  expect(shown[2]).toEqual({ phase: 'plan', done: 2, total: 3, items: items(1_000) });
  expect(shown[3]).toEqual({ phase: 'plan', done: 3, total: 3, items: items(1_200) });
});
