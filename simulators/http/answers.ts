import type { Formats } from './formats.ts';

/** What a simulated vendor answers. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An operation that answers nothing: 200 and an empty body. */
export const empty: Answer = { status: 200, contentType: 'application/json; charset=utf-8', body: '' };

/** A list; an empty one as `emptyList` says. */
export function list(entries: readonly object[], { emptyList }: Formats): Answer {
  if (entries.length > 0 || emptyList === 'array') return json(200, entries);
  if (emptyList === 'null') return json(200, null);
  return { ...empty, status: emptyList === 'no-content' ? 204 : 200 };
}

export function json(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** Brief free text, as the vendor's documentation describes a controlled error. */
export function text(status: number, body: string, headers?: Readonly<Record<string, string>>): Answer {
  return {
    status,
    contentType: 'text/plain; charset=utf-8',
    body,
    ...(headers === undefined ? {} : { headers }),
  };
}

/** A page as IIS or a proxy in front of it sends: nothing that a client can parse. */
export function html(status: number, title: string, headers?: Readonly<Record<string, string>>): Answer {
  const body = `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head><title>${status} - ${title}</title></head>
<body><div id="header"><h1>Server Error</h1></div>
<div id="content"><h2>${status} - ${title}</h2></div></body>
</html>
`;
  return { status, contentType: 'text/html', body, ...(headers === undefined ? {} : { headers }) };
}
