import { expect, test } from 'vitest';
import { toActionRow, toUserRows } from '../../src/runs/plan-rows.ts';

const kari = { username: 'kari', userStorageName: 'AD' };
const ola = { username: 'ola' };

test('a planned action is shown with its moments in ISO 8601, and with null for what it does not have', () => {
  const action = { user: kari, subject: 'phone', lastUsed: 0, deadline: 1000, timeout: 8.64e15 };
  expect(toActionRow(action)).toEqual({
    user: 'kari',
    storage: 'AD',
    device: 'phone',
    lastUsed: '1970-01-01T00:00:00.000Z',
    willBeWarned: '1970-01-01T00:00:01.000Z',
    willTimeOut: '+275760-09-13T00:00:00.000Z',
    why: 'due',
  });
  expect(toActionRow({ user: ola, subject: 'phone', late: true, timeout: Number.NaN })).toEqual({
    user: 'ola',
    storage: null,
    device: 'phone',
    lastUsed: null,
    willBeWarned: null,
    willTimeOut: null,
    why: 'late',
  });
});

test('users of a plan from the roster are shown with the kinds planned for each, and without those with none', () => {
  const actions = ['expired', 'waiting', 'expired'].map((subject, index) => ({
    user: index < 2 ? kari : ola,
    subject,
  }));
  const none = { username: 'none' };
  expect(toUserRows([kari, none, ola], { actions, perUser: [2, 0, 1], kept: {} })).toEqual([
    { user: 'kari', storage: 'AD', kinds: ['expired', 'waiting'] },
    { user: 'ola', storage: null, kinds: ['expired'] },
  ]);
});
