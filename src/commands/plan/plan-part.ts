import type { CommandContext } from '../context.ts';
import { partOf, type Rows } from '../terminal/print-rows.ts';

/** Which page of a plan somebody wants. */
export interface PageWanted {
  /** How many rows a page has. */
  readonly limit?: number | undefined;
  /** From 1; left out with `limit`: everything. */
  readonly page?: number | undefined;
}

/** How many rows a page has, unless it is said. */
const rowsOnPage = 50;

/** A part of the rows of a plan. */
export interface Part {
  readonly skip: number;
  readonly limit: number;
}

/** The part that somebody wants; undefined for everything. */
export function partWanted(wanted: PageWanted): Part | undefined {
  if (wanted.limit === undefined && wanted.page === undefined) return undefined;
  const { limit = rowsOnPage, page = 1 } = wanted;
  return { skip: (page - 1) * limit, limit };
}

/** The rows of that part. */
export function inPart<Row>(rows: Rows<Row>, part: Part | undefined): Rows<Row> {
  return part ? partOf(rows, part.skip, part.limit) : rows;
}

interface PartShown {
  readonly part: Part;
  readonly shown: number;
  readonly all: number;
}

/** Says which part was shown, and how to see the next. */
export function tellPart({ errors }: CommandContext, { part: { skip, limit }, shown, all }: PartShown): void {
  const last = skip + shown;
  const more = shown === limit && last < all ? ` More: --page ${skip / limit + 2}` : '';
  errors.write(
    shown === 0
      ? `caretaker: The page is empty; there are ${all} in all.\n`
      : `caretaker: ${skip + 1} to ${last} of ${all}.${more}\n`,
  );
}
