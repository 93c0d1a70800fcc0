import { HttpError } from '@fastify/sensible';
import { expect, it } from 'vitest';
import { limitTurns } from '../../../src/ops/console/rate.ts';

it('a page that asks other servers is shown so many times a minute, and then says to wait', async () => {
  const takeTurn = limitTurns(3);
  for (let turn = 0; turn < 3; turn += 1) await takeTurn();
  const refused = await takeTurn().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(HttpError);
  expect(refused).toMatchObject({
    statusCode: 429,
    message: expect.stringContaining('at most 3 times a minute'),
  });
});
