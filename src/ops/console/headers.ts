import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Where @fastify/helmet looks for the options of a route; its own types leave that out. */
    helmet?: FastifyHelmetOptions;
  }
}

const pages = {
  defaultSrc: ["'none'"],
  imgSrc: ["'self'"],
  styleSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};

/** Bull Board is a program in the browser; what it would load from other sites (fonts) is blocked. */
const board = {
  ...pages,
  scriptSrc: ["'self'"],
  connectSrc: ["'self'"],
  fontSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  formAction: ["'none'"],
  baseUri: ["'self'"],
};

/** Sets the headers that hold a browser to what a page needs, and keep what it shows out of every cache. */
export async function setHeaders(scope: FastifyInstance): Promise<void> {
  await scope.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: pages },
    frameguard: { action: 'deny' },
    // With no referrer at all a browser would hide where a form comes from.
    referrerPolicy: { policy: 'same-origin' },
    // Whether there is TLS is up to the proxy in front of this server, and so is this promise.
    hsts: false,
  });
  scope.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
}

/** Lets the pages of this scope do what Bull Board needs. To be called before its routes are added. */
export function allowBoard(scope: FastifyInstance): void {
  const policy = { contentSecurityPolicy: { useDefaults: false, directives: board } };
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, helmet: policy };
  });
}
