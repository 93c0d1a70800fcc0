import type { FastifyInstance } from 'fastify';
import { HttpError } from './http-error.ts';

/** More than any page of the console asks for. */
const longestUrl = 2_000;

/**
 * Refuses what is larger than anything the console needs, before any of it is read. The length of the headers is
 * limited by Node, that of a body without a length by fastify.
 */
export function setLimits(scope: FastifyInstance): void {
  scope.addHook('onRequest', async (request, reply) => {
    const { headers, method } = request;
    const length = Number(headers['content-length'] ?? 0);
    const isChunked = headers['transfer-encoding'] !== undefined;
    // To keep the connection would mean to read to the end what nobody wants.
    if (length > 0 || isChunked) reply.header('connection', 'close');
    if (request.url.length > longestUrl) throw new HttpError(414, 'This address is too long.');
    const isRead = method === 'GET' || method === 'HEAD';
    if (length > request.routeOptions.bodyLimit || (isRead && isChunked)) {
      throw new HttpError(413, 'This is more than the console takes.');
    }
  });
}
