import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLower, readOperatingSystem, readVersion } from '../../src/policies/versions.ts';
import { garbage } from '../config/garbage.ts';

describe('A version', () => {
  it.each([
    ['10.2.7', '10.2.10', true],
    ['10.2.10', '10.2.7', false],
    ['9.1.6', '10', true],
    ['10', '10.0.0', false],
    ['10.0.0', '10', false],
    ['10.0.1', '10', false],
    ['11.0.0.9', '11.0.0.10', true],
    ['08.1', '8.2', true],
  ])('the version %s is lower than %s: %s', (version, than, expected) => {
    expect(isLower(version, than)).toBe(expected);
  });

  it.each([
    ['10.2.1', '10.2.1'],
    ['v10.2', '10.2'],
    [' 11.1.13 (456)', '11.1.13'],
    ['11.1.13-beta', '11.1.13'],
    ['11.1.13+5', '11.1.13'],
  ])('the version of an app is read from %j as %s', (text, version) => {
    expect(readVersion(text)).toBe(version);
  });

  it.each([null, '', ' ', 'new', '10.', '10.2x', '1.2.3.4.5', '…'])(
    'no version of an app is read from %j',
    (text) => {
      expect(readVersion(text)).toBeUndefined();
    },
  );

  it('a version is lower than another as its numbers say', () => {
    const numbers = fc.array(fc.nat({ max: 100_000 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const index = one.findIndex((number, at) => number !== other[at]);
        const expected = index !== -1 && (one[index] ?? 0) < (other[index] ?? 0);
        expect(isLower(one.join('.'), other.join('.'))).toBe(expected);
      }),
    );
  });
});

describe('An operating system', () => {
  it.each([
    ['iOS 17.1', 'ios', '17.1'],
    ['iOS v10.2', 'ios', '10.2'],
    ['Android 9', 'android', '9'],
    ['Android 14 (API 34)', 'android', '14'],
    ['Windows Phone 8.1', 'windows phone', '8.1'],
    ['iOS17.10', 'ios', '17.10'],
    ['iOS  17.1.2.34', 'ios', '17.1.2.34'],
    [' iOS 17-beta', 'ios', '17'],
  ])('an operating system is read from %j as %s %s', (text, name, version) => {
    expect(readOperatingSystem(text)).toEqual({ name, version });
  });

  it.each([null, '', '17.1', 'iOS', 'iOS latest', 'iOS 17.x', 'iOS 1.2.3.4.5', '7 iOS 17'])(
    'no operating system is read from %j',
    (text) => {
      expect(readOperatingSystem(text)).toBeUndefined();
    },
  );
});

describe('Whatever the vendor sends', () => {
  const numbersAndDots = fc
    .array(fc.constantFrom('9', '0', '.', 'v', ' ', 'iOS', '-', '+', '('))
    .map((parts) => parts.join(''));

  it('reading and comparing versions does not throw, whatever the vendor sends', () => {
    fc.assert(
      fc.property(fc.oneof(garbage, numbersAndDots), (text) => {
        for (const version of [readVersion(text), readOperatingSystem(text)?.version]) {
          if (version !== undefined) expect(typeof isLower(version, '10')).toBe('boolean');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a version behind a million blanks is not looked for to the end', () => {
    expect(readOperatingSystem(`iOS${' '.repeat(1_000_000)}17`)).toBeUndefined();
    expect(readVersion(`${' '.repeat(1_000_000)}17`)).toBeUndefined();
  });
});
