import { expect, it } from 'vitest';
import { onStopSignal } from '../../../src/commands/setup/signals.ts';

it('both SIGTERM and SIGINT are heard until the listener is taken off, and not after', () => {
  let heard = 0;
  const unlisten = onStopSignal(() => {
    heard += 1;
  });
  process.emit('SIGTERM');
  process.emit('SIGINT');
  expect(heard).toBe(2);
  const listeners = process.listenerCount('SIGTERM');
  unlisten();
  expect(process.listenerCount('SIGTERM')).toBe(listeners - 1);
});
