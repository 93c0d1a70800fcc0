import { httpErrors } from '@fastify/sensible';
import type { FastifyInstance } from 'fastify';

/** More characters than the URL of any page of the console has. */
const longestUrl = 2_000;

/**
 * Rejects what is larger than anything the console needs, before any of it is read. The length of the headers is
 * limited by Node, that of a body without a length by fastify.
 */
export function setLimits(scope: FastifyInstance): void {
  scope.addHook('onRequest', async (request, reply) => {
    const { headers, method } = request;
    const length = Number(headers['content-length'] ?? 0);
    const isChunked = headers['transfer-encoding'] !== undefined;
    // To keep the connection, Node would read the whole body, which nobody wants.
    if (length > 0 || isChunked) reply.header('connection', 'close');
    if (request.url.length > longestUrl)
      throw httpErrors.uriTooLong('This URL is longer than 2,000 characters.');
    const isRead = method === 'GET' || method === 'HEAD';
    if (length > request.routeOptions.bodyLimit || (isRead && isChunked)) {
      throw httpErrors.payloadTooLarge('This request is larger than the console accepts.');
    }
  });
}
