import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { everything, pausePage } from '../../../src/ops/console/pages/pause.ts';

it('the page that stops everything says what goes on all the same', () => {
  const page = pausePage({ what: everything, pauses: [], token: 't', now: DateTime.utc() }).toString();
  expect(page).toContain('no run asks about devices or writes anything');
  expect(page).toContain('a roster that is kept in SuperOffice is still read');
  expect(page).toContain('commands given by hand still ask and write');
});
