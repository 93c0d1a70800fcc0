/** The `Authorization` of a user and password (RFC 7617, UTF-8). */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** A configured text that goes into a header; throws an Error naming the variable, never showing the value. */
export function headerText(variable: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new Error(`${variable} is missing.`);
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(value))
    throw new Error(`${variable} holds characters that a header cannot carry, such as a line break.`);
  return value;
}

/** A configured text that need not fit into a header as it is; throws an Error naming the variable. */
export function required(variable: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new Error(`${variable} is missing.`);
  return value;
}

/** A configured header name, in lower case; throws an Error naming the variable. */
export function headerName(variable: string, value: string | undefined): string {
  const name = required(variable, value).toLowerCase();
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) throw new Error(`${variable} is not the name of a header.`);
  if (reserved.has(name))
    throw new Error(`${variable} names a header that the connection needs for itself (${name}).`);
  return name;
}

const reserved = new Set([
  'host',
  'connection',
  'keep-alive',
  'content-length',
  'content-type',
  'transfer-encoding',
  'upgrade',
  'expect',
]);
