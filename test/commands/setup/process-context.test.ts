import { userInfo } from 'node:os';
import { expect, it } from 'vitest';
import { readAccount } from '../../../src/commands/setup/process-context.ts';

it('a process runs for the user of the operating system', () => {
  expect(readAccount().user).toBe(userInfo().username);
});

it('a user without a name, as in many containers, is called by the number', () => {
  const account = readAccount(() => {
    throw Object.assign(new Error('uv_os_get_passwd returned ENOENT'), { code: 'ENOENT' });
  });
  expect(account.user).toBe(`uid ${process.getuid?.()}`);
});
