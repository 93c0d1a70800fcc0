import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { createPeople } from '../../../simulators/people/people.ts';
import { rosterCsv, rosterUser } from '../../../simulators/people/roster.ts';

test('the roster of the simulators is CSV that gives back every user as he is', () => {
  const people = createPeople(1, 3000);
  const rows = parse(Array.from(rosterCsv(people)).join(''), { columns: true, record_delimiter: '\r\n' });
  const expected = Array.from({ length: 3000 }, (_, index) => rosterUser(people, index));
  expect(rows).toEqual(expected.map((user) => ({ ...user, associateId: String(user.associateId) })));
});

test('the roster of the simulators can stop after some users and does not invent any', () => {
  const people = createPeople(1, 30);
  function lines(users: number): number {
    return Array.from(rosterCsv(people, users)).join('').trim().split('\r\n').length;
  }
  expect([lines(10), lines(31)]).toEqual([11, 31]);
});
