import { maskAddress } from '../../security/mask.ts';

/** How much of a wrong value is shown, in characters. */
const longestShown = 80;

/** Words of letters: small ones, with one capital at the beginning, or in capitals. */
const words = /^(?:[A-Z]?[a-z]+|[A-Z]+)(?:[ _,./+-]+(?:[A-Z]?[a-z]+|[A-Z]+))*$/;
/** Numbers and times, with a word behind them or between blanks: `36h`, `50%`, `0 3 * * MON`, `22:00-05:00 UTC`. */
const numbers = /^[-+*/\d](?:[-+*/\d.,:#?%]|\s[A-Za-z]{0,10}(?![A-Za-z]))*(?:[A-Za-z]{0,7})$/;
const durations = /^[-+]?P[\d.,YMWDTHS]*$/i;
const paths = /^(?:\.{0,2}\/|~\/)[\w./-]*$/;
/** A key and its value, or what is no letter and no digit at all. */
const names = /^(?:[a-z]{1,12}:[a-z]{1,12}|[^\p{L}\p{N}]{0,7})$/u;

/**
 * A wrong value, as a message may show it. What looks like none of the things that are set here is left out: people put
 * secrets into the variable beside the right one.
 */
export function shownValue(value: string): string {
  const text = value.trim();
  if (value.includes('://')) return JSON.stringify(maskAddress(value).slice(0, longestShown));
  const isHarmless = [words, numbers, durations, paths, names].some((form) => form.test(text));
  return isHarmless ? JSON.stringify(value.slice(0, longestShown)) : hidden;
}

/** A path, as a message may show it: undefined when it may be the secret itself, in the variable of its file. */
export function shownPath(path: string): string | undefined {
  return paths.test(path) ? path : undefined;
}

const hidden = 'a value that is not shown, because it may be a secret';
