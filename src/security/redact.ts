/** Takes secrets out of a text that comes from elsewhere. */
export type Redact = (text: string) => string;

const mask = '[secret]';

/**
 * Makes a function that replaces the given values by `[secret]`, in every form in which a server may echo them: raw,
 * in base64, percent-encoded and escaped as in JSON. Upper and lower case count as equal. A value that is added to the
 * list later counts from then on: a secret that is read again must not wait for a new log.
 *
 * @param spellings more ways in which a value may be written
 */
export function redactor(
  values: readonly (string | undefined)[],
  spellings: (value: string) => readonly string[] = (value) => [value],
): Redact {
  let known = 0;
  let pattern: RegExp | undefined;
  return (text) => {
    if (values.length !== known) {
      known = values.length;
      pattern = patternOf(values.filter((value) => value !== undefined).flatMap(spellings));
    }
    return pattern === undefined ? text : text.replace(pattern, mask);
  };
}

function patternOf(values: readonly string[]): RegExp | undefined {
  const forms = new Set(values.flatMap(formsOf));
  forms.delete('');
  if (forms.size === 0) return undefined;
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((form) => RegExp.escape(form)).join('|'), 'giu');
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  return [
    value,
    value.trim(),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    Buffer.from(value, 'latin1').toString('base64').replace(/=+$/, ''),
    encodeURIComponent(value.toWellFormed()),
    new URLSearchParams({ v: value }).toString().slice(2),
    JSON.stringify(value).slice(1, -1),
  ];
}
