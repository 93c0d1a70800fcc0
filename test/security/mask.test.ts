import { expect, it } from 'vitest';
import { maskAddress, maskPassword } from '../../src/security/mask.ts';

it.each([
  ['redis://user:secret@host:6379/2', 'redis://user:********@host:6379/2'],
  ['redis://:secret@host', 'redis://:********@host'],
  ['REDISS://user:secret@host', 'REDISS://user:********@host'],
  [' redis://user:secret@host', ' redis://user:********@host'],
  ['redis://user:se@cr:et@host', 'redis://user:********@host'],
  ['redis://user:se\ncret@host', 'redis://user:********@host'],
  ['redis://user@host', 'redis://user@host'],
  ['redis://host:6379', 'redis://host:6379'],
  ['see redis://user:secret@host', 'see redis://user:secret@host'],
])('the password in the address %j is masked: %j', (address, masked) => {
  expect(maskPassword(address)).toBe(masked);
});

it.each([
  ['https://user:secret@host/api/', 'https://********@host/api/'],
  ['https://user@host/api/', 'https://********@host/api/'],
  ['https://host/api/?key=secret', 'https://host/api/?********'],
  ['https://host/api/?key=a?b=c', 'https://host/api/?********'],
  ['https://host/api/?key=a\nsecret', 'https://host/api/?********'],
  ['https://user@host/?key=secret', 'https://********@host/?********'],
  ['https://host/api/', 'https://host/api/'],
  ['what is this?', 'what is this?'],
  ['kari@example', 'kari@example'],
])('what may be secret in the wrong address %j is masked: %j', (address, masked) => {
  expect(maskAddress(address)).toBe(masked);
});
