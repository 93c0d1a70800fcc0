import formbody from '@fastify/formbody';
import fastify from 'fastify';
import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { guardForms } from '../../src/ops/console/forms.ts';

const began = DateTime.utc(2026, 3, 1);

/** A replica with one form, at a moment. */
async function replica(secret: string, now: DateTime) {
  const app = fastify();
  await app.register(formbody);
  app.decorateRequest('who', 'kari');
  const forms = guardForms(app, secret, () => now);
  app.post('/form', async () => 'done');
  const send = async (token: string) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const payload = new URLSearchParams({ token }).toString();
    return (await app.inject({ method: 'POST', url: '/form', headers, payload })).statusCode;
  };
  return { send, token: forms.token('kari', '/form') };
}

it('a form of the console comes back to any replica with the same secret within an hour, and to none after it', async () => {
  const { token } = await replica('the-secret-of-a-test', began);
  const at = (minutes: number, secret = 'the-secret-of-a-test') => replica(secret, began.plus({ minutes }));
  expect(await (await at(59)).send(token)).toBe(200);
  expect(await (await at(61)).send(token)).toBe(403);
  expect(await (await at(1, 'another-secret-of-a-test')).send(token)).toBe(403);
});

it('a token of a form whose end was put off is none', async () => {
  const { token } = await replica('the-secret-of-a-test', began);
  const [until, signature] = token.split('.');
  const later = await replica('the-secret-of-a-test', began.plus({ hours: 2 }));
  expect(await later.send(`${Number(until) + 24 * 3_600_000}.${signature}`)).toBe(403);
});
