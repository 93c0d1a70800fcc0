import { z } from 'zod';
import type { UserRow, UsersPage } from '../../roster/sources/archive-pages.ts';
import type { Call } from '../call.ts';
import { checkShape } from '../http/check-shape.ts';
import type { Http } from '../http/session.ts';
import { anyText } from '../sizes.ts';

/** A part of the users of SuperOffice, in the order of their associates. */
export interface UsersQuestion {
  /** Columns of the archive, beside that of the associate. */
  readonly columns: readonly string[];
  /** How many rows to leave out. */
  readonly skip: number;
  /** How many rows there may be. */
  readonly top: number;
}

const operation = 'GET Archive/AllUsers';
/** More than anybody asks for: a server may give all at once. */
const mostRows = 1_000_000;

const Associate = z.union([
  z.int().min(0),
  z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number),
]);
const Cell = z.union([anyText, z.number(), z.boolean()]).nullish();

/** An answer with these columns, checked at once: there may be a million rows. */
function pageOf(columns: readonly string[]) {
  const cells = Object.fromEntries(columns.map((column) => [column, Cell]));
  return z.object({
    'odata.nextLink': anyText.nullish(),
    value: z.array(z.object({ ...cells, associateDbId: Associate })).max(mostRows),
  });
}

/**
 * Asks for users, current and former (docs.superoffice.com, archive provider *AllUsers*): without a count, in the order of
 * their associates, and with true and false for what is either (`$output=Logical`).
 */
export async function askForUsers(http: Http, { columns, skip, top }: UsersQuestion): Promise<UsersPage> {
  const wanted = ['associateDbId', ...columns];
  const query = [
    `$select=${encodeURIComponent(wanted.join(','))}`,
    '$orderBy=associateDbId',
    `$top=${top}`,
    `$skip=${skip}`,
    '$output=Logical',
  ];
  const call: Call = {
    operation,
    method: 'GET',
    path: `v1/Archive/AllUsers?${query.join('&')}`,
    subject: `the users from row ${skip + 1}`,
  };
  const answer = await http.request(call);
  const { value, 'odata.nextLink': next } = checkShape(pageOf(columns), answer, call, http.vendor);
  const rows = value.map(({ associateDbId, ...values }): UserRow => ({ associateId: associateDbId, values }));
  return { rows, hasMore: Boolean(next) };
}
