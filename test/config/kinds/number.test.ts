import fc from 'fast-check';
import { expect, test } from 'vitest';
import { amount, integer, integers, share } from '../../../src/config/kinds/number.ts';
import { read, testKinds } from './kind-cases.ts';

testKinds([
  {
    name: 'whole number in a range',
    of: integer(1, 50),
    right: [
      ['1', 1],
      ['050', 50],
      [' 7\n', 7],
    ],
    wrong: ['0', '51', '1.5', '1.0', '1e1', '0x10', '', '-1', '+5', 'five', '5 5', '5,5', '٣'],
  },
  {
    name: 'whole number without an upper bound',
    of: integer(0),
    right: [['9007199254740991', Number.MAX_SAFE_INTEGER]],
    // The next number cannot be told from its neighbors.
    wrong: ['9007199254740992', '9007199254740993', '9'.repeat(400)],
  },
  {
    name: 'whole numbers',
    of: integers,
    right: [
      ['1, -2,3', [1, -2, 3]],
      [',7,', [7]],
    ],
    wrong: ['', ',', '1;2', '1.5', '1e3', '+1', '12345678901', 'a', '1 2'],
  },
  {
    name: 'share',
    of: share,
    right: [
      ['0', 0],
      ['0.25', 0.25],
      ['1', 1],
      [' 1.0 ', 1],
    ],
    wrong: ['1.01', '-0.1', '50%', '.5', '0.', '1e-1', '0,5', ''],
  },
  {
    name: 'amount',
    of: amount,
    right: [
      ['0', 0],
      ['0.5', 0.5],
      ['2000', 2000],
      ['999999999.5', 999_999_999.5],
    ],
    wrong: ['-1', 'Infinity', 'NaN', '1e3', '9999999999', '0x10', ''],
  },
]);

test('A whole number survives being written', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000 }), (number) => {
      expect(read(integer(-1_000_000), String(number))).toBe(number);
    }),
  );
});
