import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { httpErrors } from '@fastify/sensible';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DateTime } from 'luxon';

/** Makes the tokens of forms. */
export interface Forms {
  /** A token for a form that this person sends to this address, and only there. */
  token(who: string, path: string): string;
}

/** How long a page with a form may stay open, in milliseconds. */
const tokenLastsMs = 60 * 60 * 1000;

const stale =
  'This form does not come from this console, or it is older than an hour. Load the page again, then send the form.';

/**
 * Accepts forms only from pages of the console itself: a browser adds the secret to whatever another page makes it send.
 * The key of the tokens is made from the secret, so that a form may come back to another replica than it came from.
 */
export function guardForms(scope: FastifyInstance, secret: string, now: () => DateTime): Forms {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'forms of the console', 32));
  const sign = (...parts: readonly string[]) =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');

  scope.addHook('preHandler', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    requireSameOrigin(request);
    const { token } = (request.body ?? {}) as { readonly token?: unknown };
    const [until = '', signature = ''] = typeof token === 'string' ? token.split('.') : [];
    const wanted = Buffer.from(sign(until, request.who, pathOf(request)));
    const given = Buffer.from(signature);
    const isOurs = given.length === wanted.length && timingSafeEqual(given, wanted);
    if (!isOurs || Number(until) < now().toMillis()) throw httpErrors.forbidden(stale);
  });
  return {
    token(who, path) {
      const until = String(now().toMillis() + tokenLastsMs);
      return `${until}.${sign(until, who, path)}`;
    },
  };
}

/** Rejects what a browser sends for a page of another site. Programs send no such headers. */
export function requireSameOrigin({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  // Behind a proxy the host may be another one than the browser knows, and the browser knows best.
  if (site !== undefined) {
    if (site !== 'same-origin') throw httpErrors.forbidden(stale);
    return;
  }
  const { origin } = headers;
  if (origin !== undefined && hostOf(origin) !== headers.host) throw httpErrors.forbidden(stale);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '';
}
