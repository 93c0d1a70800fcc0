import { httpErrors } from '@fastify/sensible';
import fastify from 'fastify';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { errorPages } from '../../../src/ops/console/error-pages.ts';

/** The page of an error that a route throws, and what is logged. */
async function pageOf(error: unknown) {
  const lines: string[] = [];
  const app = fastify();
  app.decorateRequest('who', 'kari');
  errorPages(app, pino({}, { write: (line: string) => void lines.push(line) }));
  app.get('/', async () => {
    throw error;
  });
  const { statusCode, body } = await app.inject('/');
  return { statusCode, body, lines, elsewhere: await app.inject('/nowhere') };
}

test('an error for people shows its text, escaped, and is not logged', async () => {
  const { statusCode, body, lines } = await pageOf(httpErrors.notFound('There is no run <b>.'));
  expect(statusCode).toBe(404);
  expect(body).toContain('<h1>Not Found</h1><p>There is no run &lt;b&gt;.</p>');
  expect(lines).toEqual([]);
});

test.each([
  ['an error of the program', new Error('secret of the inside')],
  [
    'an error for people in name only',
    Object.assign(new Error('secret of the inside'), { name: 'HttpError' }),
  ],
  ['an internal error of a library', httpErrors.internalServerError('secret of the inside')],
])('%s shows nothing of the inside, and is logged', async (_what, error) => {
  const { statusCode, body, lines } = await pageOf(error);
  expect(statusCode).toBe(500);
  expect(body).toContain('<h1>Internal Server Error</h1><p>The console failed.');
  expect(body).not.toContain('secret of the inside');
  expect(lines.join('')).toContain('secret of the inside');
});

test('a request that fastify rejects gets a page without what fastify said', async () => {
  const error = Object.assign(new Error('secret of the inside'), { statusCode: 415 });
  const { statusCode, body, lines } = await pageOf(error);
  expect(statusCode).toBe(415);
  expect(body).toContain('<h1>Unsupported Media Type</h1><p>The console cannot process this request.</p>');
  expect(body).not.toContain('secret of the inside');
  expect(lines).toEqual([]);
});

test('a path without a page says so', async () => {
  const { elsewhere } = await pageOf(new Error('not asked for'));
  expect(elsewhere.statusCode).toBe(404);
  expect(elsewhere.body).toContain('This page does not exist.');
});
