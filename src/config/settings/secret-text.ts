import { readFileSync } from 'node:fs';
import type { Problem } from './problem.ts';
import type { Setting } from './setting.ts';

/** The text of a secret's file. @throws an error of the system when it cannot be read */
export function readSecretFile(path: string): string {
  // The decoder leaves the byte order mark out.
  return new TextDecoder().decode(readFileSync(path));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u001F\u007F-\u009F\uFFFD]/;

/**
 * A secret without the line ends behind it, which editors and `echo` leave there. Anything else that nobody sees is
 * refused: the server would only answer that it does not accept the credentials.
 *
 * @param source where it stands, for people
 */
export function secretText(
  written: string | undefined,
  source: string,
): { readonly text: string | undefined } | Pick<Problem, 'problem' | 'advice'> {
  const text = written?.replace(/[\r\n]+$/, '');
  if (text === undefined || !unprintable.test(text)) return { text };
  return {
    problem: 'expected UTF-8 text without control characters; found something else, which is not shown',
    advice: `write the secret alone into ${source}`,
  };
}

/** Whether a secret is used with a blank before or behind it, which is seldom meant and never seen. */
export function keepsOuterBlank({ schema, secret }: Setting<unknown>, text: string): boolean {
  return secret !== undefined && text.trim() !== text && schema.safeParse(text).data === text;
}
