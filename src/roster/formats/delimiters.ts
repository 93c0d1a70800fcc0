/** What separates the values of a CSV roster, with the word for it. */
export const delimiters = { ',': 'comma', ';': 'semicolon', '\t': 'tab' } as const;
export type Delimiter = keyof typeof delimiters;

/** In the order in which they are tried: RFC 4180 has commas. */
export const eachDelimiter: readonly Delimiter[] = [',', ';', '\t'];

const separatorLine = /^"?sep=([,;\t])["\s,;]*$/i;
const typeLine = /^"?#TYPE\b/i;

/** What a line before the header says: the delimiter (Excel), or nothing that matters (Export-Csv of PowerShell 5). */
export type Preamble = Delimiter | 'nothing';

/** What a line says that programs write above the header; undefined where it is no such line. */
export function readPreamble(line: string): Preamble | undefined {
  if (typeLine.test(line)) return 'nothing';
  const [, said] = separatorLine.exec(line) ?? [];
  return eachDelimiter.find((delimiter) => delimiter === said);
}
