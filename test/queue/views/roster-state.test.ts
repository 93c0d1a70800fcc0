import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rosterState } from '../../../src/queue/views/roster-state.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const path = join(mkdtempSync(join(tmpdir(), 'caretaker-age-')), 'users.csv');
writeFileSync(path, 'username\nanna\n');

test.each([
  ['a file', { CARETAKER_ROSTER: path }, 3_600_000],
  [
    'a file joined with SuperOffice',
    { CARETAKER_ROSTER: `${path} superoffice:`, CARETAKER_ROSTER_JOIN: 'lower-case' },
    3_600_000,
  ],
  ['SuperOffice', { CARETAKER_ROSTER: 'superoffice:' }, undefined],
])('the age of a roster is that of its file: %s', async (_, environment, ageMs) => {
  const { context } = openQueueFixture(redis(), { environment });
  const now = context.now();
  const written = now.minus({ hours: 1 }).toJSDate();
  utimesSync(path, written, written);
  expect((await rosterState(context.queues, context.config, now)).ageMs).toBe(ageMs);
});
