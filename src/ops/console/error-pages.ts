import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { HttpError } from './http-error.ts';
import { frame } from './pages/frame.ts';
import { html } from './pages/markup.ts';

const failed = 'The console failed. The log of this worker says why.';

/** Answers what cannot be answered with a page that says why. */
export function errorPages(scope: FastifyInstance, log: Logger): void {
  scope.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    const isHttpError = error.name === 'HttpError';
    if (status >= 500 && !isHttpError) log.error({ err: error }, 'console failed');
    const said = isHttpError ? error.message : status >= 500 ? failed : '';
    return reply
      .code(status)
      .type('text/html; charset=utf-8')
      .send(errorPage(status, said, request.who));
  });
  // A route, and no handler of fastify's for what is not found: of these there is one for the whole server.
  scope.all('/*', async () => {
    throw new HttpError(404, 'There is no such page.');
  });
}

function errorPage(status: number, said: string, who: string): string {
  const title = STATUS_CODES[status] ?? 'Refused';
  return frame({ title, who }, html`<h1>${title}</h1><p>${said}</p>`);
}
