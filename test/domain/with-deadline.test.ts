import { expect, it } from 'vitest';
import { withDeadline } from '../../src/domain/with-deadline.ts';

const never = new Promise<never>(() => {});

it('work that is done before its deadline hands on its result', async () => {
  await expect(withDeadline(Promise.resolve('done'), 60_000, 'late')).resolves.toBe('done');
});

it('work that fails before its deadline hands on its failure', async () => {
  await expect(withDeadline(Promise.reject(new Error('broken')), 60_000, 'late')).rejects.toThrow('broken');
});

it('work that does not end is not waited for after its deadline', async () => {
  await expect(withDeadline(never, 1, 'late')).resolves.toBe('late');
});

it('work that fails after its deadline disturbs nobody', async () => {
  const { promise, reject } = Promise.withResolvers<string>();
  await expect(withDeadline(promise, 1, 'late')).resolves.toBe('late');
  reject(new Error('broken'));
  await expect(promise).rejects.toThrow('broken');
});
