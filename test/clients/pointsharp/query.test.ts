import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PointsharpUser, queryWriter } from '../../../src/clients/pointsharp/query.ts';
import { pointsharpAt, session } from '../vendors.ts';

const operation = 'GET Device';
const name = fc.constantFrom('', ' ', 'kari', 'ola', 'kari&Id=', 'kari\ud800');
const user = fc.record({ username: name, userStorageName: name }, { requiredKeys: ['username'] });
const deviceId = fc.option(fc.constantFrom('', 'd1', 'd/2'), { nil: undefined });

const anyVendor = () => session(pointsharpAt(new URL('http://localhost:1'))).vendor;

/** What a writer says, or why it refuses. */
function said(write: () => string): string {
  try {
    return write();
  } catch (error) {
    return String(error);
  }
}

test('a query does not depend on whom the one before was about', () => {
  const vendor = anyVendor();
  fc.assert(
    fc.property(fc.array(fc.tuple(user, deviceId), { maxLength: 12 }), (asked) => {
      const write = queryWriter(vendor);
      for (const [who, id] of asked) {
        const alone = queryWriter(vendor);
        expect(said(() => write(operation, who, id))).toBe(said(() => alone(operation, who, id)));
      }
    }),
  );
});

test('a user whose name was changed since is another user', () => {
  const vendor = anyVendor();
  const write = queryWriter(vendor);
  const kari: { -readonly [key in keyof PointsharpUser]: PointsharpUser[key] } = { username: 'kari' };
  expect(write(operation, kari)).toBe('Username=kari');
  kari.username = 'ola';
  expect(write(operation, kari)).toBe('Username=ola');
  kari.userStorageName = 'AD';
  expect(write(operation, kari)).toBe('Username=ola&UserStorageName=AD');
});

test('a blank name is refused, by a new writer and after a good one', () => {
  const vendor = anyVendor();
  const write = queryWriter(vendor);
  expect(() => write(operation, { username: '' })).toThrow(/username is empty/);
  write(operation, { username: 'kari' });
  for (const username of ['', ' ', ''])
    expect(() => write(operation, { username })).toThrow(/username is empty/);
});
