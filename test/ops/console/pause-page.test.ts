import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { everything, pausePage } from '../../../src/ops/console/pages/pause.ts';

it('the page that stops everything says what goes on all the same', () => {
  const page = pausePage({ what: everything, pauses: [], token: 't', now: DateTime.utc() }).toString();
  expect(page).toContain(
    'no run asks them anything or writes, also not for a roster that is kept in SuperOffice',
  );
  expect(page).toContain('Whoever reads by hand, or looks a user up here, still asks');
  expect(page).toContain('a command that writes is refused unless it says --despite-pause');
});
