import { STATUS_CODES } from 'node:http';
import { HttpError, httpErrors } from '@fastify/sensible';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { frame } from './pages/frame.ts';
import { html } from './pages/markup.ts';

const failed = 'The console failed. The log of this worker says why.';
const rejected = 'The console cannot process this request.';

/** Turns every error into a page that says what happened and what to do. */
export function errorPages(scope: FastifyInstance, log: Logger): void {
  scope.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    const isForPeople = error instanceof HttpError && error.expose;
    if (status >= 500 && !isForPeople) log.error({ err: error }, 'console failed');
    const text = isForPeople ? error.message : status >= 500 ? failed : rejected;
    return reply
      .code(status)
      .type('text/html; charset=utf-8')
      .send(errorPage(status, text, request.who));
  });
  // A route, and no handler of fastify's for what is not found: of these there is one for the whole server.
  scope.all('/*', async () => {
    throw httpErrors.notFound('This page does not exist.');
  });
}

function errorPage(status: number, text: string, who: string): string {
  const title = STATUS_CODES[status] ?? 'Error';
  return frame({ title, who }, html`<h1>${title}</h1><p>${text}</p>`);
}
