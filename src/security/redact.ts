/** Takes secrets out of a text that comes from elsewhere. */
export type Redact = (text: string) => string;

/** What stands in place of a secret. */
export const mask = '[secret]';

/** A shorter value stands in words and numbers by chance: it is replaced only where it is a word by itself. */
const leastLength = 6;
/** A still shorter one, where it is the value of something: a password of one letter would make a riddle of every text. */
const leastWord = 4;

/**
 * Makes a function that replaces the given values by `[secret]`, in every form in which a server may echo them: raw,
 * in base64, percent-encoded and escaped as in JSON. Upper and lower case count as equal. A form of less than six
 * characters is replaced only where it is a word; one of less than four where it is the whole text, or a value behind `=`,
 * `: `, `:"` or `="`, or a password before an at sign. A value that is added to the list later counts from then on: a
 * secret that is read again must not wait for a new log.
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
  return new RegExp(longestFirst.map(patternOfForm).join('|'), 'giu');
}

function patternOfForm(form: string): string {
  const literal = RegExp.escape(form);
  if (form.length >= leastLength) return literal;
  // A number of JSON stands behind `":`, `[` or a comma: without it a line of the log would be no JSON any more.
  if (form.length >= leastWord) return `(?<![\\p{L}\\p{N}[,]|":)${literal}(?![\\p{L}\\p{N}])`;
  const alone = `(?<=^\\s*)${literal}(?=\\s*$)`;
  const isValue = `(?<==\\s?|:\\s|[=:[]\\s?\\\\*["'])${literal}(?=\\s*$|[\\s,;&}\\])<"'\\\\])`;
  return `${alone}|${isValue}|(?<=:)${literal}(?=@)`;
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
