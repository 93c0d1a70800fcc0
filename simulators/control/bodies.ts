import { Duration } from 'luxon';
import { z } from 'zod';
import { faultKinds } from '../http/faults.ts';

/** What the control port accepts. Names that are not here are refused, so that a misspelt fault does not pass silently. */

const Vendor = z.enum(['pointsharp', 'superoffice']);

const Period = z.string().transform((text, context) => {
  const duration = Duration.fromISO(text);
  if (duration.isValid) return duration.toMillis();
  context.addIssue('expected an ISO 8601 duration such as P1D');
  return z.NEVER;
});

const Moment = z.union([z.int(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))], {
  error: 'expected epoch milliseconds or a moment such as 2026-01-31T12:00:00Z',
});

export const ClockBody = z.union(
  [
    z.strictObject({ now: Moment }),
    z.strictObject({ advance: Period }),
    z.strictObject({ frozen: z.boolean() }),
  ],
  { error: 'expected {"now": moment}, {"advance": "P1D"} or {"frozen": true}' },
);

export const FaultsBody = z.strictObject({
  vendor: Vendor,
  latencyMs: z.number().nonnegative().exactOptional(),
  kind: z.enum(faultKinds).exactOptional(),
  status: z.int().min(200).max(599).exactOptional(),
  headers: z.record(z.string().regex(/^[\w-]+$/), z.string().regex(/^[\x20-\x7e]*$/)).exactOptional(),
  delayMs: z.number().nonnegative().exactOptional(),
  share: z.number().min(0).max(1).exactOptional(),
  count: z.int().positive().exactOptional(),
  operation: z.string().exactOptional(),
  username: z.string().exactOptional(),
  carriedOut: z.boolean().exactOptional(),
});

export const SwitchesBody = z.strictObject({
  vendor: Vendor,
  operation: z.string(),
  status: z.union([z.literal(403), z.literal(405), z.null()], {
    error: 'expected 403, 405 or null (works again)',
  }),
});

export const FactsQuery = z.strictObject({ ahead: Period.optional(), only: z.literal('traffic').optional() });
export const RosterQuery = z.strictObject({ users: z.coerce.number().int().positive().optional() });
export const FaultsQuery = z.strictObject({
  vendor: Vendor.optional(),
  id: z.coerce.number().int().optional(),
});
