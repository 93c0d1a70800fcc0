import { hash, timingSafeEqual } from 'node:crypto';
import basicAuth from '@fastify/basic-auth';
import rateLimit from '@fastify/rate-limit';
import { HttpError, httpErrors } from '@fastify/sensible';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

declare module 'fastify' {
  interface FastifyRequest {
    /** The name that somebody signed in with, which is not checked: the secret is the same for all. */
    who: string;
  }
}

/** So many wrong secrets may come from one address in so many milliseconds; then it waits until they are over. */
const wrongSecrets = { max: 10, timeWindow: 60_000 };

const challenge = 'Basic realm="device-caretaker", charset="UTF-8"';

/** Lets in only who knows the secret: as the password of any user name, or as a bearer token. */
export async function requireSecret(scope: FastifyInstance, secret: string, log: Logger): Promise<void> {
  const wanted = digest(secret);
  scope.decorateRequest('who', '');
  // Each address counts for itself, an IPv6 one too: of a whole network one visitor would lock out all.
  await scope.register(rateLimit, { ...wrongSecrets, global: false, ipv6Subnet: 128 });
  const countWrongSecrets = scope.createRateLimit();

  async function signIn(request: FastifyRequest, reply: FastifyReply, who: string, given: string) {
    if (timingSafeEqual(digest(given), wanted)) {
      request.who = who;
      return;
    }
    const count = await countWrongSecrets(request);
    const left = count.isAllowed ? wrongSecrets.max : count.remaining;
    // The first, and the one that locks the address out: whoever tries must not fill the log.
    if (left === 0 || left === wrongSecrets.max - 1) {
      log.warn({ address: request.ip, lockedOut: left === 0 }, 'wrong secret for the console');
    }
    throw unauthorized(reply, 'This is not the secret of the console. Sign in with OPS_CONSOLE_SECRET.');
  }

  await scope.register(basicAuth, {
    strictCredentials: false,
    validate: (name, password, request, reply) => signIn(request, reply, shownName(name), password),
  });
  scope.addHook('onRequest', async (request, reply) => {
    const count = await countWrongSecrets(request, { increment: false });
    if (count.isAllowed || count.remaining > 0) return;
    reply.header('retry-after', count.ttlInSeconds);
    throw httpErrors.tooManyRequests(
      'Too many wrong secrets came from this address. Wait a minute, then sign in again.',
    );
  });
  scope.addHook('onRequest', (request, reply, done) => {
    const token = bearerToken(request);
    if (token !== undefined) {
      signIn(request, reply, 'bearer token', token).then(() => done(), done);
      return;
    }
    const ended = (error?: Error) =>
      done(
        error === undefined || error instanceof HttpError
          ? error
          : unauthorized(
              reply,
              'The console requires a sign-in. Use any user name, and OPS_CONSOLE_SECRET as the password.',
            ),
      );
    scope.basicAuth(request, reply, ended);
  });
}

function unauthorized(reply: FastifyReply, text: string): Error {
  reply.header('www-authenticate', challenge);
  return httpErrors.unauthorized(text);
}

function bearerToken({ headers }: FastifyRequest): string | undefined {
  return /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** A name from outside, fit for a page and a log. */
function shownName(name: string): string {
  return name.replace(/\p{C}/gu, '').trim().slice(0, 80) || 'anonymous';
}

/** Hashes are of the same length, whatever is given. */
function digest(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
