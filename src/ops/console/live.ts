import { liveWord } from './pages/frame.ts';

/** What stands behind the address of a page that may reload itself. */
export type LiveWords = Readonly<Partial<Record<typeof liveWord, unknown>>>;

/** Whether somebody wants the page to reload itself. */
export function isLive(words: LiveWords): boolean {
  return words[liveWord] !== undefined;
}

/** The page of a run for who has just changed it, and wants to see what becomes of it. */
export function followRun(id: string): string {
  return `/runs/${encodeURIComponent(id)}?${liveWord}`;
}
