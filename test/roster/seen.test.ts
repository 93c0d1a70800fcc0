import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { User } from '../../src/domain/user.ts';
import { createSightings, mostLookedAt } from '../../src/roster/seen.ts';

it('the memory of users that came before tells apart what a set of whole names tells apart', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '1', ':'), maxLength: 3 });
  const user = fc.record({ username: name, userStorageName: name }, { requiredKeys: ['username'] });
  fc.assert(
    fc.property(fc.array(user, { maxLength: 300 }), (users) => {
      const sight = createSightings();
      const known = new Set<string>();
      const lines = new Map<string, number>();
      for (const [index, { username, userStorageName = '' }] of users.entries()) {
        const key = JSON.stringify([userStorageName, username]);
        const seen = sight({ username, userStorageName }, index + 1);
        const alike = lines.get(key.toLowerCase());
        expect(seen).toBe(known.has(key) ? 'duplicate' : alike);
        known.add(key);
        if (alike === undefined) lines.set(key.toLowerCase(), index + 1);
      }
    }),
  );
});

it('the memory of users that came before forgets nobody while it grows', () => {
  const sight = createSightings();
  const users = Array.from({ length: 50_000 }, (_, index): User => ({ username: `user${index}` }));
  expect(users.every((user, index) => sight(user, index + 2) === undefined)).toBe(true);
  expect(users.every((user, index) => sight(user, index + 2) === 'duplicate')).toBe(true);
  const capitals = users.map(({ username }): User => ({ username: username.toUpperCase() }));
  expect(capitals.every((user, index) => sight(user, 60_000) === index + 2)).toBe(true);
});

it('users beyond the bound are compared with those within it, and no longer remembered as look-alikes', () => {
  const sight = createSightings();
  for (let index = 0; index < mostLookedAt; index += 1) sight({ username: `user${index}` }, index + 2);
  expect(sight({ username: 'beyond' }, 900_000)).toBeUndefined();
  expect(sight({ username: 'beyond' }, 900_001)).toBe('duplicate');
  expect(sight({ username: 'Beyond' }, 900_002)).toBeUndefined();
  expect(sight({ username: 'USER7' }, 900_003)).toBe(9);
  const last = mostLookedAt - 1;
  expect(sight({ username: `USER${last}` }, 900_004)).toBe(last + 2);
});

it('a user with the name of a storage is not the one of that storage with the name of the first', () => {
  const sight = createSightings();
  expect(sight({ username: 'a', userStorageName: 'b' }, 2)).toBeUndefined();
  expect(sight({ username: 'b', userStorageName: 'a' }, 3)).toBeUndefined();
  expect(sight({ username: 'a', userStorageName: 'a' }, 4)).toBeUndefined();
  expect(sight({ username: 'b', userStorageName: 'b' }, 5)).toBeUndefined();
  expect(sight({ username: 'b', userStorageName: 'a' }, 6)).toBe('duplicate');
});
