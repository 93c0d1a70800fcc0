/** Something that a person has to look at. */
export interface Attention {
  /** `now`: somebody has to act; `look`: somebody has to know. */
  readonly urgency: 'now' | 'look';
  /** What it is about, in a word or two. */
  readonly title: string;
  /** What is the case and what to do: whole sentences. */
  readonly text: string;
  /** Where to see it: a run, or what an audit found. */
  readonly run?: string;
  /** The late ones among its actions can be read. */
  readonly hasLatePlan?: boolean;
  readonly findings?: 'high';
  /** Until when, ISO 8601. */
  readonly until?: string;
}

/** A reason within a sentence of its own end. */
export function withoutStop(reason: string | null | undefined): string {
  return reason?.replace(/\.$/, '') ?? 'nobody knows why';
}

/** Somebody has to act. */
export function now(title: string, text: string): Attention {
  return { urgency: 'now', title, text };
}

/** Somebody has to know. */
export function look(title: string, text: string): Attention {
  return { urgency: 'look', title, text };
}
