import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPeople, storageNames } from '../../../simulators/people/people.ts';

const awkward = /['+@#&%/,"\\?;åÅ山 ]/;

test('every user of the simulators has a name of his own', () => {
  const people = createPeople(1, 20_000);
  const names = new Set(Array.from({ length: 20_000 }, (_, index) => people.username(index)));
  expect(names.size).toBe(20_000);
});

test('a name and a storage lead back to their user, in a world of any size and seed', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 1_000_000 }), fc.nat(), (seed, users, anywhere) => {
      const people = createPeople(seed, users);
      const index = anywhere % users;
      expect(people.find(people.username(index), people.storage(index))).toBe(index);
      expect(people.indexOfAssociate(people.associateId(index))).toBe(index);
    }),
  );
});

test('a name that is not quite right belongs to nobody', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const people = createPeople(1, 100);
      const isOneOfThem = Array.from({ length: 100 }, (_, index) => people.username(index)).includes(name);
      expect(people.isUsername(name)).toBe(isOneOfThem);
    }),
  );
  const people = createPeople(1, 100);
  const name = people.username(99);
  for (const wrong of [
    '',
    '99',
    name.toUpperCase(),
    name.replace('99', '099'),
    `${name}9`,
    name.replace('99', '100'),
  ]) {
    expect(people.find(wrong, undefined)).toBe('unknown');
  }
});

test('most names are ordinary and a steady share is awkward', () => {
  for (const seed of [1, 2, 3]) {
    const people = createPeople(seed, 5000);
    const awkwardOnes = Array.from({ length: 5000 }, (_, index) => people.username(index)).filter((name) =>
      awkward.test(name),
    );
    expect(awkwardOnes.length).toBeGreaterThan(400);
    expect(awkwardOnes.length).toBeLessThan(800);
  }
});

test('a few users have a namesake in another storage, and then the name alone is ambiguous', () => {
  const people = createPeople(1, 2000);
  const twins = Array.from({ length: 2000 }, (_, index) => index).filter((index) => people.hasTwin(index));
  expect(twins.length).toBeGreaterThan(10);
  expect(twins.length).toBeLessThan(100);
  for (const index of twins) {
    expect(people.find(people.username(index), undefined)).toBe('ambiguous');
    expect(people.storage(people.users + index)).not.toBe(people.storage(index));
    expect(people.find(people.username(index), people.storage(people.users + index))).toBe(
      people.users + index,
    );
  }
});

test('a user of the simulators is found in his own storage only', () => {
  const people = createPeople(1, 500);
  for (let index = 0; index < 500; index += 1) {
    const storages = storageNames.filter((name) => people.find(people.username(index), name) !== 'unknown');
    expect(storages).toContain(people.storage(index));
    expect(storages).toHaveLength(people.hasTwin(index) ? 2 : 1);
  }
});
