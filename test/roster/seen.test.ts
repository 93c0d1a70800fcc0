import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstSight } from '../../src/roster/seen.ts';

it('the memory of users that came before tells apart what a set of whole names tells apart', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '1', ':'), maxLength: 3 });
  const user = fc.record({ username: name, userStorageName: name }, { requiredKeys: ['username'] });
  fc.assert(
    fc.property(fc.array(user, { maxLength: 300 }), (users) => {
      const isNew = firstSight();
      const known = new Set<string>();
      for (const { username, userStorageName = '' } of users) {
        const key = JSON.stringify([userStorageName, username]);
        expect(isNew({ username, userStorageName })).toBe(!known.has(key));
        known.add(key);
      }
    }),
  );
});

it('the memory of users that came before forgets nobody while it grows', () => {
  const isNew = firstSight();
  const users = Array.from({ length: 50_000 }, (_, index) => ({ username: `user${index}` }));
  expect(users.filter(isNew)).toHaveLength(50_000);
  expect(users.filter(isNew)).toEqual([]);
});
