import { html as tagged } from 'hono/html';

/** Finished markup. Everything else that is put into a template is escaped. */
export type Markup = Exclude<ReturnType<typeof tagged>, Promise<unknown>>;

/** What may be put into a template. */
type Part = Markup | string | number | null | undefined | readonly Part[];

/** A piece of a page. Texts are escaped; pieces, and lists of them, go in as they are. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  // It only becomes a promise where one is put in.
  return tagged(strings, ...parts) as Markup;
}
