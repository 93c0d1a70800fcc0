import { type DestinationStream, type Logger, pino } from 'pino';
import { printableJson } from './security/escape.ts';
import { redactor } from './security/redact.ts';

/** Fields that are never logged, whatever is in them. */
const secretFields = [
  'password',
  'token',
  'authorization',
  'ticket',
  'secret',
  'pnsHandle',
  'PNSHandle',
  'pushHandle',
];

/** What is told of an error; anything else hanging on it could carry headers or payloads. */
const errorFields = [
  'code',
  'vendor',
  'operation',
  'status',
  'remedy',
  'retryAfterMs',
  'vendorMessage',
] as const;

/** Opens the log: JSON lines in which neither secret fields nor the secrets' values, in any form, appear. */
export function openLog(level: string, secrets: readonly string[], destination: DestinationStream): Logger {
  const redact = redactor(secrets.flatMap((secret) => [secret, escaped(secret), escaped(escaped(secret))]));
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[secret]',
      },
      hooks: { streamWrite: (line) => printableJson(redact(line)) },
    },
    destination,
  );
}

/** As it stands within JSON. What was JSON already, such as a server's answer, is escaped once more in a line of the log. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const known = Object.fromEntries(
    errorFields.flatMap((field) => (field in error ? [[field, Reflect.get(error, field)]] : [])),
  );
  // Errors with a remedy say all there is to say; of any other, the place helps.
  return {
    type: error.name,
    message: error.message,
    ...known,
    ...('remedy' in error ? {} : { stack: error.stack }),
  };
}
