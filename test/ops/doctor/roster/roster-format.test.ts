import { expect, it } from 'vitest';
import { formatLine } from '../../../../src/ops/doctor/roster/roster-rows.ts';

const csv = { format: 'CSV', delimiter: ';', otherColumns: [] } as const;

it('the doctor says how the roster was understood', () => {
  expect(
    formatLine({
      ...csv,
      encoding: 'utf-16le',
      columns: { username: 'SamAccountName', associateId: 'associateId' },
    }),
  ).toMatchObject({
    check: 'format',
    health: 'ok',
    found: 'CSV in UTF-16 LE, separated by semicolons, username from the column SamAccountName',
  });
  expect(formatLine({ format: 'NDJSON', encoding: 'utf-8' })).toMatchObject({
    health: 'ok',
    found: 'NDJSON in UTF-8',
  });
});

it('the doctor warns of a roster that is read as Windows-1252', () => {
  expect(formatLine({ ...csv, encoding: 'windows-1252' })).toMatchObject({
    health: 'warn',
    found: expect.stringContaining('its bytes are not UTF-8'),
    remedy: expect.stringContaining('save the roster as UTF-8'),
  });
});
