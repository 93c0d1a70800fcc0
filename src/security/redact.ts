/** Takes secrets out of a text that comes from elsewhere. */
export type Redact = (text: string) => string;

const mask = '[secret]';

/**
 * Makes a function that replaces the given values by `[secret]`, in every form in which a server may echo them: raw,
 * in base64, percent-encoded and escaped as in JSON. Upper and lower case count as equal.
 */
export function redactor(values: readonly (string | undefined)[]): Redact {
  const forms = new Set(values.flatMap((value) => (value === undefined ? [] : formsOf(value))));
  forms.delete('');
  if (forms.size === 0) return (text) => text;
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((form) => RegExp.escape(form)).join('|'), 'giu');
  return (text) => text.replace(pattern, mask);
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
