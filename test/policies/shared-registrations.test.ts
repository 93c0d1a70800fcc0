import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ZodError } from 'zod';
import type { Finding } from '../../src/policies/finding.ts';
import { findShared, type RegistrationSighting } from '../../src/policies/shared-registrations.ts';
import { createSort } from '../../src/sorting/sort.ts';

async function findingsOf(sightings: readonly RegistrationSighting[]): Promise<Finding[]> {
  async function* stream() {
    yield sightings.slice(0, 2);
    yield sightings.slice(2);
  }
  return Array.fromAsync(findShared(stream(), createSort({ heldAtOnce: 3 })));
}

describe('A device', () => {
  it('a device that two associates have registered is a finding', async () => {
    const findings = await findingsOf([
      [12, 0, 'phone', 'h1'],
      [7, 1, 'phone', 'h2'],
    ]);
    expect(findings).toMatchObject([
      {
        rule: 'shared-device',
        severity: 'high',
        subject: 'device phone',
        detail: 'registered by associates 7, 12',
      },
    ]);
  });

  it('a device that one associate has registered twice is no finding', async () => {
    expect(
      await findingsOf([
        [7, 0, 'phone', 'h1'],
        [7, 1, 'phone', 'h2'],
      ]),
    ).toEqual([]);
  });

  it('a device without an identifier is never the same as another', async () => {
    expect(
      await findingsOf([
        [7, 0, null, null],
        [8, 0, null, null],
        [9, 0, '', ''],
        [10, 0, '', ''],
      ]),
    ).toEqual([]);
  });
});

it('what is shared by many names the first 20 and counts the rest', async () => {
  const seenBy = (count: number) =>
    Array.from({ length: count }, (_, index): RegistrationSighting => [count - index, 0, 'phone', 'h1']);
  const [all = '', allHandles = ''] = (await findingsOf(seenBy(20))).map(({ detail }) => detail);
  expect(all).toMatch(/^registered by associates 1, 2, .*, 20$/);
  expect(allHandles).toMatch(/^in associate 1 registration 1 and .* and associate 20 registration 1$/);
  const details = (await findingsOf(seenBy(21))).map(({ detail }) => detail);
  expect(details).toEqual([`${all} and 1 more`, `${allHandles} and 1 more`]);
});

describe('A push handle', () => {
  it('a push handle in two registrations of one associate is a finding', async () => {
    expect(
      await findingsOf([
        [7, 0, 'phone', 'h1'],
        [7, 1, 'tablet', 'h1'],
      ]),
    ).toMatchObject([
      {
        rule: 'shared-push-handle',
        subject: 'push handle #h1',
        detail: 'in associate 7 registration 1 and associate 7 registration 2',
      },
    ]);
  });

  it('a push handle in registrations of two associates is a finding beside the shared device', async () => {
    const findings = await findingsOf([
      [7, 0, 'phone', 'h1'],
      [8, 0, 'phone', 'h1'],
    ]);
    expect(findings.map(({ rule }) => rule)).toEqual(['shared-device', 'shared-push-handle']);
  });

  it('a push handle seen twice in the same registration, as after a retried batch, is no finding', async () => {
    expect(
      await findingsOf([
        [7, 0, 'phone', 'h1'],
        [7, 0, 'phone', 'h1'],
      ]),
    ).toEqual([]);
  });
});

it('An observation that is no sighting is refused', async () => {
  async function* strange() {
    yield [[7, 0, 'phone']];
  }
  await expect(Array.fromAsync(findShared(strange(), createSort()))).rejects.toThrow(ZodError);
});

describe('Whatever the order of the sightings', () => {
  const sighting = fc.tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 0, max: 3 }),
    fc.option(fc.constantFrom('a', 'b', 'c')),
    fc.option(fc.constantFrom('h1', 'h2')),
  );

  it('whatever the order of the sightings, findings, their order and fingerprints are the same, each found once', async () => {
    const cases = fc
      .array(sighting, { maxLength: 12 })
      .chain((list) =>
        fc.tuple(
          fc.constant(list),
          fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(cases, async ([list, shuffled]) => {
        const findings = await findingsOf(list);
        expect(await findingsOf(shuffled)).toEqual(findings);
        expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
      }),
    );
  });

  it('a shared device is found exactly when it has two associates', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sighting, { maxLength: 12 }), async (list) => {
        const shared = (await findingsOf(list)).filter(({ rule }) => rule === 'shared-device');
        const expected = ['a', 'b', 'c'].filter(
          (device) =>
            new Set(list.filter(([, , of]) => of === device).map(([associate]) => associate)).size > 1,
        );
        expect(shared.map(({ subject }) => subject).sort()).toEqual(
          expected.map((device) => `device ${device}`),
        );
      }),
    );
  });
});
