import type { Caretaker } from '../support/caretaker.ts';
import type { EndToEnd } from '../support/end-to-end.ts';

/** The secret of every console in the tests. */
export const secret = 'a-secret-for-tests-only';

/** A refresh that is held, whatever it plans. */
export const held = {
  REFRESH_TIMED_DEVICES_MAX_ACTIONS: '1',
  REFRESH_TIMED_DEVICES_HOLD_ON: 'max-actions',
  REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
};

/** A worker with a console, and somebody who visits it. */
export interface Visitor {
  readonly worker: Caretaker;
  readonly url: string;
  /** Asks for a page, with the secret unless other credentials are given. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** The text of a page. */
  page(path: string): Promise<string>;
  /** Sends a form as a browser does. */
  send(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>;
}

/** Basic credentials of somebody. */
export function basic(who: string, password: string): string {
  return `Basic ${Buffer.from(`${who}:${password}`).toString('base64')}`;
}

/** Starts a worker with a console and waits until it is there. */
export async function visit(
  endToEnd: EndToEnd,
  extra: Readonly<Record<string, string>> = {},
): Promise<Visitor> {
  const worker = endToEnd.start(['worker'], {
    OPS_PORT: '0',
    OPS_HOST: '127.0.0.1',
    OPS_CONSOLE_SECRET: secret,
    // What is approved in the console is carried out.
    CARETAKER_MODE: 'enforce',
    ...extra,
  });
  await worker.says('worker ready');
  const line = worker
    .output()
    .split('\n')
    .find((text) => text.includes('probes and metrics ready'));
  const url = `http://127.0.0.1:${JSON.parse(line ?? '{}').port}`;
  const authorization = basic('kari', secret);
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(url + path, { redirect: 'manual', ...init, headers: { authorization, ...init.headers } });
  return {
    worker,
    url,
    ask,
    page: async (path) => (await ask(path)).text(),
    send: (path, fields, headers = { 'sec-fetch-site': 'same-origin' }) =>
      ask(path, { method: 'POST', body: new URLSearchParams(fields), headers }),
  };
}

/** The token of the form on this page that is sent to this address. */
export function tokenFor(page: string, action: string): string {
  const form = page.split('<form').find((text) => text.includes(`action="${action}"`));
  return /name="token" value="([^"]+)"/.exec(form ?? '')?.[1] ?? '';
}
