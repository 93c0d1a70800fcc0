/**
 * A request that breaks the protocol, or (`isViolation` false) an ordinary mistake such as an unknown user.
 * Both are answered with 400; only the first is counted against the client.
 */
export interface BadRequest {
  readonly problem: string;
  readonly isViolation: boolean;
}

export function violation(problem: string): BadRequest {
  return { problem, isViolation: true };
}

export function isBadRequest(value: object): value is BadRequest {
  return 'isViolation' in value;
}

const allowedInQuery = /^[\w.~!$&'()*+,;=:@/?%-]*$/;

/**
 * Reads a query string (without `?`). `known` are the parameters the operation has. A `+` is a space, as for IIS.
 * Whatever a careful client would not send is refused: an unknown, repeated or valueless parameter, raw characters that
 * need encoding, escapes that do not decode to UTF-8.
 */
export function readQuery(
  query: string,
  known: readonly string[],
): Readonly<Record<string, string>> | BadRequest {
  const values: Record<string, string> = {};
  if (query === '') return values;
  if (!allowedInQuery.test(query))
    return violation('the query holds characters that must be percent-encoded');
  for (const part of query.split('&')) {
    const equals = part.indexOf('=');
    if (equals < 0) return violation('a query parameter has no value');
    const name = decode(part.slice(0, equals));
    const value = decode(part.slice(equals + 1));
    if (name === undefined || value === undefined) return violation('the query cannot be decoded');
    if (!known.includes(name)) return violation(`unknown query parameter ${shown(name)}`);
    if (values[name] !== undefined) return violation(`query parameter ${name} was sent twice`);
    values[name] = value;
  }
  return values;
}

function decode(encoded: string): string | undefined {
  if (!encoded.includes('%') && !encoded.includes('+')) return encoded;
  try {
    return decodeURIComponent(encoded.includes('+') ? encoded.replaceAll('+', ' ') : encoded);
  } catch {
    return undefined;
  }
}

/** What a value decodes to once more, if that is something else: the mark of a client that encoded twice. */
export function decodedAgain(value: string): string | undefined {
  if (!value.includes('%')) return undefined;
  try {
    const again = decodeURIComponent(value);
    return again === value ? undefined : again;
  } catch {
    return undefined;
  }
}

/** The fields of a body: `int` is an Int32; a `?` allows null and a missing field. */
export type BodyShape = Readonly<Record<string, 'string' | 'string?' | 'int'>>;
export type BodyValues = Readonly<Record<string, string | number>>;

/** Reads a JSON body of exactly this shape. Optional fields that are null or missing are left out of the result. */
export function readBody(
  contentType: string | undefined,
  body: string,
  shape: BodyShape,
): BodyValues | BadRequest {
  if (
    contentType === undefined ||
    !/^\s*(application|text)\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType)
  ) {
    return violation('the Content-Type of the body must be application/json or text/json');
  }
  const parsed = parseObject(body);
  if (parsed === undefined) return violation('the body is not a JSON object');
  const stranger = Object.keys(parsed).find((name) => !Object.hasOwn(shape, name));
  if (stranger !== undefined) return violation(`unknown body field ${shown(stranger)}`);
  const values: Record<string, string | number> = {};
  for (const [name, type] of Object.entries(shape)) {
    const value = parsed[name];
    if (value === undefined || value === null) {
      if (type !== 'string?') return violation(`missing body field ${name}`);
    } else if (type === 'int' ? isInt32(value) : typeof value === 'string') {
      // The condition has just made sure of it, in a form that narrows no type.
      values[name] = value as string | number;
    } else {
      return violation(`body field ${name} is not ${type === 'int' ? 'an Int32' : 'a string'}`);
    }
  }
  return values;
}

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isInt32(value: unknown): boolean {
  return Number.isInteger(value) && (Number(value) | 0) === value;
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 40));
}

/** Reads a form of exactly these fields; those behind a `?` may be missing. What is no form, or has others, is refused. */
export function readForm(
  contentType: string | undefined,
  body: string,
  fields: readonly string[],
): Readonly<Record<string, string>> | BadRequest {
  if (!/^\s*application\/x-www-form-urlencoded\s*$/i.test(contentType ?? ''))
    return violation('the Content-Type of the body must be application/x-www-form-urlencoded');
  const optional = fields.filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1));
  const needed = fields.filter((name) => !name.endsWith('?'));
  const values = readQuery(body, [...needed, ...optional]);
  if (isBadRequest(values)) return values;
  const missing = needed.find((name) => !values[name]);
  return missing === undefined ? values : violation(`missing form field ${missing}`);
}
