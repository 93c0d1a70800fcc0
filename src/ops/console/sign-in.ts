import { hash, timingSafeEqual } from 'node:crypto';
import basicAuth from '@fastify/basic-auth';
import { HttpError, httpErrors } from '@fastify/sensible';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

declare module 'fastify' {
  interface FastifyRequest {
    /** The name that somebody signed in with, which is not checked: the secret is the same for all. */
    who: string;
  }
}

/** So many wrong secrets may come from one address in so many seconds; then it waits until they are over. */
const wrongSecrets = { points: 10, duration: 60 };

const challenge = 'Basic realm="device-caretaker", charset="UTF-8"';

/** Lets in only who knows the secret: as the password of any user name, or as a bearer token. */
export async function requireSecret(scope: FastifyInstance, secret: string, log: Logger): Promise<void> {
  const wanted = digest(secret);
  scope.decorateRequest('who', '');
  // Each address counts for itself, an IPv6 one too: of a whole network one visitor would lock out all.
  const limiter = new RateLimiterMemory(wrongSecrets);

  function lockedOut(reply: FastifyReply, { msBeforeNext }: RateLimiterRes): Error {
    reply.header('retry-after', Math.ceil(msBeforeNext / 1000));
    return httpErrors.tooManyRequests(
      'Too many wrong secrets came from this address. Wait a minute, then sign in again.',
    );
  }

  async function signIn(request: FastifyRequest, reply: FastifyReply, who: string, given: string) {
    // Counted before it is compared, and given back when it is right: of many in one packet none may pass uncounted.
    const counted = await limiter.penalty(request.ip);
    if (counted.consumedPoints > wrongSecrets.points) throw lockedOut(reply, counted);
    if (timingSafeEqual(digest(given), wanted)) {
      await limiter.reward(request.ip);
      request.who = who;
      return;
    }
    const left = wrongSecrets.points - counted.consumedPoints;
    // The first, and the one that locks the address out: whoever tries must not fill the log.
    if (left === 0 || counted.consumedPoints === 1) {
      log.warn({ address: request.ip, lockedOut: left === 0 }, 'wrong secret for the console');
    }
    throw unauthorized(reply, 'This is not the secret of the console. Sign in with OPS_CONSOLE_SECRET.');
  }

  await scope.register(basicAuth, {
    strictCredentials: false,
    validate: (name, password, request, reply) => signIn(request, reply, shownName(name), password),
  });
  scope.addHook('onRequest', async (request, reply) => {
    const counted = await limiter.get(request.ip);
    if (counted && counted.remainingPoints === 0 && counted.msBeforeNext > 0) throw lockedOut(reply, counted);
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
