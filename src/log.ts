import { type DestinationStream, type Logger, pino } from 'pino';
import { OperatorError } from './domain/operator-error.ts';
import { printableJson } from './security/escape.ts';
import { mask, redactor } from './security/redact.ts';

/** Fields that are never logged, whatever is in them and however deep they stand; in lower case. */
const secretFields = new Set([
  'password',
  'token',
  'authorization',
  'ticket',
  'secret',
  'pnshandle',
  'pushhandle',
]);
/** Within a text of JSON a quotation mark has a backslash before it: only a name is followed by one and a colon. */
const secretField = new RegExp(`"(?:${[...secretFields].join('|')})":`, 'i');

/** What is logged of an error; any other property could carry headers or payloads. */
const errorFields = [
  'code',
  'vendor',
  'operation',
  'status',
  'remedy',
  'retryAfterMs',
  'vendorMessage',
] as const;

/**
 * Creates the log: JSON lines in which neither secret fields nor the secrets' values, in any form, appear; nor do those
 * that are added to `secrets` later.
 */
export function createLog(level: string, secrets: readonly string[], destination: DestinationStream): Logger {
  const redact = redactor(secrets, (secret) => [secret, escaped(secret), escaped(escaped(secret))]);
  // Not cut through a secret, whose beginning nothing would find any more.
  const shorten = (text: string) =>
    text.length <= longestText ? text : `${redact(text).slice(0, longestText).toWellFormed()}…`;
  return pino(
    {
      level,
      base: null,
      timestamp: isoTime(),
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => describeError(error, shorten) },
      hooks: { streamWrite: (line) => printableJson(redact(withoutSecretFields(line))) },
    },
    destination,
  );
}

/** The time of a line. Many lines fall into one millisecond, and to write it as a date costs a fifth of a line. */
function isoTime(): () => string {
  let lastMs = '';
  let text = '';
  return () => {
    const ms = pino.stdTimeFunctions.epochTime();
    if (ms !== lastMs) text = pino.stdTimeFunctions.isoTime();
    lastMs = ms;
    return text;
  };
}

/** Reads the line again only where it must: pino's own redaction looks into every object of every line. */
function withoutSecretFields(line: string): string {
  if (!secretField.test(line)) return line;
  const hide = (name: string, value: unknown) => (secretFields.has(name.toLowerCase()) ? mask : value);
  return `${JSON.stringify(JSON.parse(line, hide))}\n`;
}

/** As it stands within JSON. What is JSON already, such as a server's answer, is escaped once more in a line of the log. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** What a library says of a name of a megabyte holds it whole, as its message and again above its stack. */
const longestText = 8_192;

function describeError(error: unknown, shorten: (text: string) => string): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: shorten(String(error)) };
  const known = Object.fromEntries(
    errorFields.flatMap((field) => (field in error ? [[field, Reflect.get(error, field)]] : [])),
  );
  // An error for operators says what failed and what to do; of any other, the place in the code helps.
  return {
    type: error.name,
    message: shorten(error.message),
    ...known,
    ...(error instanceof OperatorError ? {} : { stack: shorten(error.stack ?? '') }),
  };
}
