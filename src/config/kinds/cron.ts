import { CronExpressionParser } from 'cron-parser';

interface Field {
  readonly values: number;
  readonly isDay?: boolean;
}

/** How many values each field has. The second may be left out. */
const fields: readonly Field[] = [
  { values: 60 },
  { values: 60 },
  { values: 24 },
  { values: 31, isDay: true },
  { values: 12 },
  { values: 7, isDay: true },
];

/**
 * Whether a text is a cron expression of five fields, or of six that begin with the second, and means what it says.
 * cron-parser takes more: it fills up missing fields, reads `?` as `*` in any field, and takes a step that is larger
 * than its field for the first value alone. The six fields of AWS would run hourly, and so would `every 90 minutes`.
 */
export function isCron(text: string): boolean {
  const words = text.split(/\s+/);
  if (words.length < 5 || words.length > 6) return false;
  // H stands for a random time, another one at each look: such a schedule has no next time.
  if (text.replaceAll(/thu/gi, '').includes('H')) return false;
  if (!fields.slice(-words.length).every((field, index) => isPlain(field, words[index] ?? ''))) return false;
  try {
    CronExpressionParser.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isPlain({ values, isDay = false }: Field, word: string): boolean {
  if (word.includes('?') && !isDay) return false;
  return [...word.matchAll(/\/(\d+)/g)].every(([, step]) => Number(step) <= values);
}
