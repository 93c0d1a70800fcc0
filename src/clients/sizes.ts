import { z } from 'zod';

/*
 * How much of each thing a vendor may send. What comes from there travels through Redis, into logs and past patterns, so
 * an answer within its 16 MiB could still fill them all. Beyond these sizes an answer is not as documented.
 */

/** Devices or registrations of one user. */
export const mostOfOneUser = 1000;
/** An identifier, in characters. */
export const identifier = z.string().max(512);
/** Any other text: names, versions, user agents. */
export const anyText = z.string().max(4096);
/** A push handle, which can be a whole JSON document. */
export const handle = z.string().max(16_384);
