/** One place of the project that is changed so that a defence is gone. */
export interface Edit {
  readonly file: string;
  /** Occurs once in the file. */
  readonly text: string;
  readonly instead: string;
}

/** How a claim of SECURITY.md is tried: what is taken out, and the test that has to notice. */
export interface Defence {
  /** The file of the test, as the claim names it. */
  readonly test: string;
  /** The words of the title, as the claim quotes them. */
  readonly words: string;
  /** All at once: more than one where what the claim forbids is prevented in more than one place, or goes by several. */
  readonly without: readonly Edit[];
  /** What only a test that waits until its end can show: that something never comes. */
  readonly endsInTimeout?: true;
  /** Words of the titles of what has to run before: a test may look at what those before it have left. */
  readonly after?: string;
}

/** What is taken out for a claim; an edit without its last part leaves nothing in the place of the text. */
export function defence(
  test: string,
  words: string,
  without: readonly (readonly [file: string, text: string, instead?: string])[],
  how: Pick<Defence, 'endsInTimeout' | 'after'> = {},
): Defence {
  return {
    test,
    words,
    ...how,
    without: without.map(([file, text, instead = '']) => ({ file, text, instead })),
  };
}

/** What vitest is asked for by the words of a title, in which `%s` and the like stand for anything. */
export function patternOf(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/%[sdifjo#]/g, '.*');
}

/** What vitest is asked for to run the test of a defence, and what it needs. */
export function neededBy({ words, after }: Pick<Defence, 'words' | 'after'>): string {
  return after === undefined ? patternOf(words) : `${patternOf(after)}|${patternOf(words)}`;
}

/** A text without what stands for a defence; throws unless that is there exactly once. */
export function takenOut(text: string, edit: Edit): string {
  const [before, behind, ...more] = text.split(edit.text);
  if (before === undefined || behind === undefined || more.length > 0)
    throw new Error(`${edit.file} does not hold exactly once: ${edit.text}`);
  return `${before}${edit.instead}${behind}`;
}
