import { hash } from 'node:crypto';
import { z } from 'zod';
import { exitCodes } from '../../domain/exit-codes.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import type { Action } from '../../jobs/job.ts';
import { PlannedAction, PlannedUser, writeAction } from './planned-action.ts';

/*
 * A plan that was written to a file, to be looked at and applied later. The fingerprint keeps mistakes out, not malice:
 * whoever may write the file may also make a new one.
 */

/** A plan file that cannot be used. */
export class PlanFileError extends OperatorError {
  override readonly name = 'PlanFileError';

  /**
   * @param file how to call it in messages
   * @param why it cannot be used, as the end of a sentence
   */
  constructor(file: string, why: string) {
    super({
      problem: `The plan ${file} ${why}.`,
      advice: 'Make it again with caretaker plan.',
      exitCode: exitCodes.usage,
    });
  }
}

/** 1 had times in epoch milliseconds, which no person can read. */
const version = 2;

const PlanFile = z.strictObject({
  caretaker: z.literal('plan'),
  version: z.literal(version),
  job: z.string().min(1),
  /** Of the vendor that was read, and may be written to. */
  address: z.string(),
  /** When the planning began. */
  plannedAt: z.iso.datetime(),
  /** The policy in effect, as texts. */
  policy: z.record(z.string(), z.string()),
  roster: z.strictObject({ rows: z.int().min(0), rejected: z.int().min(0) }),
  /** Groups that the policy names and no user of the roster has; left out where there are none. */
  missingGroups: z.array(z.string()).readonly().exactOptional(),
  /** Whether the users were named by hand, instead of the whole roster. */
  named: z.boolean(),
  /** Users that were looked at. Those that could not be read are no part of the plan. */
  selected: z.int().positive(),
  /** Everybody who was selected: for jobs that plan from the roster, and for users named by hand. */
  users: z.array(PlannedUser).readonly().exactOptional(),
  /** For jobs that ask the vendor to plan. */
  actions: z.array(PlannedAction).readonly().exactOptional(),
  /** SHA-256 over everything else. */
  fingerprint: z.string(),
});

/** A plan as its file holds it, but with moments in epoch milliseconds. */
export type PlanFile = Readonly<Omit<z.infer<typeof PlanFile>, 'actions'>> & {
  readonly actions?: readonly Action[];
};

/** Makes a plan ready to be written. */
export function makePlan(content: Omit<PlanFile, 'caretaker' | 'version' | 'fingerprint'>): PlanFile {
  const plan = { caretaker: 'plan', version, ...content } as const;
  return { ...plan, fingerprint: fingerprintOf(written(plan)) };
}

/** The text of a plan file. */
export function writePlan(plan: PlanFile): string {
  return `${JSON.stringify(written(plan), null, 2)}\n`;
}

/** A plan with its moments as the file has them. */
function written<P extends Pick<PlanFile, 'actions'>>({ actions, ...plan }: P) {
  return actions ? { ...plan, actions: actions.map(writeAction) } : plan;
}

/**
 * Reads the text of a plan file.
 *
 * @param name how to call the file in messages
 * @throws PlanFileError when it is not a plan, not complete, of another version, or was changed
 */
export function readPlan(text: string, name: string): PlanFile {
  const refuse = (why: string) => new PlanFileError(name, why);
  if (text.trim() === '') throw refuse('is empty: it is still being written or was cut off');
  const raw = parse(text);
  if (raw === undefined) throw refuse('is not a complete JSON document: it was cut off or is not a plan');
  if (!isRecord(raw) || raw.caretaker !== 'plan') throw refuse('is JSON, but not a plan');
  if (raw.version !== version) {
    throw refuse(
      `has version ${JSON.stringify(raw.version)?.slice(0, 20)}, but this caretaker reads version ${version}`,
    );
  }
  const { fingerprint, ...content } = raw;
  if (fingerprint !== fingerprintIfAny(content)) {
    throw refuse('was changed after it was made (its fingerprint does not match)');
  }
  const result = PlanFile.safeParse(raw);
  if (!result.success) {
    throw refuse(`does not have the shape of a plan (${z.prettifyError(result.error).replace(/\s+/g, ' ')})`);
  }
  return result.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fingerprintOf(content: Readonly<Record<string, unknown>>): string {
  return hash('sha256', canonical(content), 'hex');
}

/** Undefined for what is nested deeper than any plan. */
function fingerprintIfAny(content: Readonly<Record<string, unknown>>): string | undefined {
  try {
    return fingerprintOf(content);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The same text for the same content, whatever the order of its keys. */
function canonical(content: unknown): string {
  return JSON.stringify(content, (_key, part: unknown) =>
    isRecord(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
