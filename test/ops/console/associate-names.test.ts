import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createAssociateNames } from '../../../src/ops/console/associate-names.ts';
import { finding } from '../../../src/policies/finding.ts';
import type { WorkerContext } from '../../../src/queue/context.ts';
import { closeFindings, rememberFindings } from '../../../src/queue/records/findings.ts';
import { pause, resume } from '../../../src/queue/records/pauses.ts';
import { openRoster } from '../../../src/roster/roster.ts';
import { openQueueFixture, useRedis } from '../../queue/queue-fixture.ts';

const redis = useRedis();
const run = { id: 'one', name: 'audit-pocket', data: {} };
const last = { job: run.name, run: run.id, rules: [] };

/** Names for the findings of an audit that concern the associates 7 and 9, out of the roster at a path. */
async function openNames(path: string, changes: Partial<WorkerContext> = {}) {
  const { context } = openQueueFixture(redis());
  const facts = { rule: 'rule', severity: 'low', subject: 'a', detail: 'detail' } as const;
  const found = [7, 9].map((associate) => finding({ ...facts, associates: [associate] }, [associate]));
  await rememberFindings(context.queues, run, found, 10);
  await closeFindings(context.queues, run, { counts: {}, most: 10, keepForMs: 60_000 });
  let readings = 0;
  const namesOf = createAssociateNames({
    ...context,
    ...changes,
    openRoster: () => {
      readings += 1;
      return openRoster(path, new PassThrough());
    },
  });
  return { namesOf, readings: () => readings, queues: context.queues, now: context.now };
}

it('the console knows the names of those whom findings concern, and of nobody else, by one look into the roster', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'caretaker-names-')), 'roster.csv');
  await writeFile(path, 'username,userStorageName,associateId\nkari,AD,7\nola,AD,8\nper,AD,\n');
  const { namesOf, readings } = await openNames(path);
  await expect.poll(async () => (await namesOf(last)).names).toEqual(new Map([[7, 'kari']]));
  await namesOf(last);
  expect(readings()).toBe(1);
  await namesOf({ ...last, run: 'two' });
  expect(readings()).toBe(2);
});

it('the console reads no roster for names from a vendor that is paused, and reads it once that is resumed', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'caretaker-names-')), 'roster.csv');
  await writeFile(path, 'username,userStorageName,associateId\nkari,AD,7\n');
  const { namesOf, readings, queues, now } = await openNames(path, { rosterVendor: 'superoffice' });
  await pause(queues, 'superoffice', { by: 'kari' }, now());
  expect(await namesOf(last)).toEqual({ names: new Map(), missing: 'paused' });
  expect(readings()).toBe(0);
  await resume(queues, 'superoffice');
  await expect.poll(async () => (await namesOf(last)).names).toEqual(new Map([[7, 'kari']]));
});

it('the console says that there are no names where the roster cannot be read', async () => {
  const { namesOf } = await openNames('/nowhere/roster.csv');
  await expect.poll(() => namesOf(last)).toEqual({ names: new Map(), missing: 'no roster' });
});
