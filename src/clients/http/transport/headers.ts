import { SettingError } from '../../../domain/setting-error.ts';

/** The `Authorization` of a user and password (RFC 7617, UTF-8). */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** A configured text that goes into a header. @throws SettingError that does not show it */
export function headerText(variable: string, value: string | undefined): string {
  const text = required(variable, value);
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(text)) {
    throw new SettingError(
      `${variable} contains characters that a header cannot carry, such as a line break.`,
      'Remove them.',
    );
  }
  return text;
}

/** A configured text that need not fit into a header as it is. @throws SettingError when it is missing */
export function required(variable: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new SettingError(`${variable} is missing.`, 'Set it.');
  return value;
}

/** A configured header name, in lower case. @throws SettingError when it cannot be one */
export function headerName(variable: string, value: string | undefined): string {
  const name = required(variable, value).toLowerCase();
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) {
    throw new SettingError(`${variable} is not a valid header name.`, 'Use letters, digits and hyphens.');
  }
  if (reserved.has(name)) {
    throw new SettingError(
      `${variable} names a header that the connection itself needs (${name}).`,
      'Use a header of another name.',
    );
  }
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
