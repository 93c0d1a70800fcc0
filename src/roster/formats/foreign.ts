/** A file that people take for a roster. */
interface Foreign {
  /** What it is, as the end of a sentence. */
  readonly kind: string;
  /** What to do: whole sentences. */
  readonly advice: string;
}

const asCsv = 'Save it as "CSV UTF-8" there, and name that file.';

const kinds: readonly (Foreign & { readonly fits: (text: string) => boolean })[] = [
  {
    kind: 'an Excel or LibreOffice workbook',
    advice: asCsv,
    // The signature of ZIP, and what UTF-8 makes of that of an older workbook.
    fits: (text) => text.startsWith('PK\u0003\u0004') || text.startsWith('\uFFFD\uFFFD\u0011\u0871'),
  },
  {
    kind: 'UTF-16 without a byte order mark',
    advice: 'Save it as UTF-8.',
    fits: (text) => text.slice(0, 2).includes('\0'),
  },
  {
    kind: 'LDIF',
    advice:
      'Export CSV instead: with csvde -u, or with Get-ADUser and Export-Csv -Encoding utf8 in PowerShell.',
    fits: (text) => /^(?:dn|version)::? ?./i.test(text),
  },
  { kind: 'HTML or XML', advice: 'Export it as CSV.', fits: (text) => text.trimStart().startsWith('<') },
  {
    kind: 'a JSON array',
    advice: 'Write each object on a line of its own (jq -c ".[]"), and give the file the ending .ndjson.',
    fits: (text) => text.trimStart().startsWith('['),
  },
  {
    kind: 'a text whose lines end with carriage returns only',
    advice: 'Save it as "CSV UTF-8" instead of "CSV (Macintosh)".',
    fits: hasLinesInside,
  },
];

/** Whether a line is several to old programs of the Macintosh. */
export function hasLinesInside(line: string): boolean {
  return /\r[^\n]/.test(line);
}

/** What a file is that has no header, by its first line; undefined where nothing is known. */
export function foreignKind(line: string): Foreign | undefined {
  return kinds.find(({ fits }) => fits(line));
}
