import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { HttpError } from './http-error.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, as they call themselves: the secret is the same for all. */
    who: string;
  }
}

/** So many wrong secrets may come from an address in so many seconds; then it waits until they are over. */
const wrongSecrets = { points: 10, duration: 60 };

const challenge = 'Basic realm="device-caretaker", charset="UTF-8"';

/** Lets only those in who know the secret: as password of any user name, or as bearer token. */
export function requireSecret(scope: FastifyInstance, secret: string, log: Logger): void {
  const limiter = new RateLimiterMemory(wrongSecrets);
  const wanted = digest(secret);
  scope.decorateRequest('who', '');
  scope.addHook('onRequest', async (request, reply) => {
    const address = request.ip;
    const failures = await limiter.get(address);
    if (failures && failures.consumedPoints >= wrongSecrets.points) {
      reply.header('retry-after', Math.ceil(failures.msBeforeNext / 1000));
      throw new HttpError(429, 'Too many wrong secrets came from this address; wait a minute.');
    }
    const given = credentials(request);
    if (given && timingSafeEqual(digest(given.secret), wanted)) {
      request.who = given.who;
      return;
    }
    reply.header('www-authenticate', challenge);
    if (!given) throw new HttpError(401, 'The console asks for its secret (OPS_CONSOLE_SECRET).');
    const wrong = (failures?.consumedPoints ?? 0) + 1;
    await limiter.penalty(address);
    // Once, and once more when it is locked out: whoever tries must not fill the log.
    if (wrong === 1 || wrong === wrongSecrets.points) {
      log.warn({ address, lockedOut: wrong > 1 }, 'wrong secret for the console');
    }
    throw new HttpError(401, 'This is not the secret of the console (OPS_CONSOLE_SECRET).');
  });
}

function credentials({ headers }: FastifyRequest): { who: string; secret: string } | undefined {
  const [scheme = '', value = ''] = headers.authorization?.split(/ +/, 2) ?? [];
  if (/^bearer$/i.test(scheme)) return { who: 'bearer token', secret: value };
  if (!/^basic$/i.test(scheme)) return undefined;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const name = text.slice(0, colon).replace(/\p{C}/gu, '').trim().slice(0, 80);
  return { who: name || 'nobody in particular', secret: text.slice(colon + 1) };
}

/** Hashes are of the same length, whatever is given. */
function digest(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
