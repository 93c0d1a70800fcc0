import type { IncomingHttpHeaders } from 'node:http';

export interface BasicAuth {
  readonly kind: 'basic';
  readonly username: string;
  readonly password: string;
}

/** What the simulated Pointsharp ID demands. */
export type PointsharpAuth =
  | { readonly kind: 'none' }
  | BasicAuth
  | { readonly kind: 'header'; readonly name: string; readonly value: string };

/** What the simulated SuperOffice demands; an `appToken` is demanded beside if it is given. */
export type SuperofficeAuth = (
  | BasicAuth
  | { readonly kind: 'bearer' | 'soticket'; readonly token: string }
  | { readonly kind: 'xsrf'; readonly token: string; readonly cookie: string }
) & { readonly appToken?: string };

/** Whether the headers of a request hold the right credentials. */
export type Authorize = (headers: IncomingHttpHeaders) => boolean;

export const defaultPointsharpAuth: PointsharpAuth = { kind: 'none' };
export const defaultSuperofficeAuth: SuperofficeAuth = {
  kind: 'basic',
  username: 'caretaker',
  password: 'simulated',
};

/** The check of a Pointsharp ID; undefined when everybody is let in. */
export function pointsharpAuthorize(auth: PointsharpAuth): Authorize | undefined {
  if (auth.kind === 'none') return undefined;
  if (auth.kind === 'basic') return byScheme('basic', basicCredentials(auth));
  const name = auth.name.toLowerCase();
  return (headers) => headers[name] === auth.value;
}

/** The check of a SuperOffice. X-XSRF-TOKEN only counts without an Authorization header, and with the session's cookie. */
export function superofficeAuthorize(auth: SuperofficeAuth): Authorize {
  const isSignedIn = signedIn(auth);
  const { appToken } = auth;
  return (headers) => isSignedIn(headers) && (appToken === undefined || headers['so-apptoken'] === appToken);
}

function signedIn(auth: SuperofficeAuth): Authorize {
  if (auth.kind === 'basic') return byScheme('basic', basicCredentials(auth));
  if (auth.kind !== 'xsrf') return byScheme(auth.kind, auth.token);
  return ({ authorization, cookie = '', 'x-xsrf-token': token }) =>
    authorization === undefined &&
    token === auth.token &&
    cookie.split(';').some((pair) => pair.trim() === auth.cookie);
}

/** Schemes are compared without regard to case, as the vendor itself writes SOTicket and SoTicket. */
function byScheme(scheme: string, credentials: string): Authorize {
  return ({ authorization }) => {
    if (authorization === undefined) return false;
    const space = authorization.indexOf(' ');
    return (
      authorization.slice(0, space).toLowerCase() === scheme && authorization.slice(space + 1) === credentials
    );
  };
}

function basicCredentials({ username, password }: BasicAuth): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
