import { createHmac, hash } from 'node:crypto';

/**
 * The id of a batch says whose it is and how much is in it, so that nothing has to be asked twice: a run that adds its
 * batches again after a crash recognises those that are there, and a batch that is lost can still be counted. It ends with
 * a seal, which only who can read the record of the run can make.
 */
export interface BatchId {
  readonly phase: 'plan' | 'canary' | 'apply';
  readonly number: number;
  readonly users: number;
  readonly actions: number;
  /** Fingerprint of the payload: the same number with another content means that the roster changed. */
  readonly fingerprint: string;
}

const idPattern = /\.(plan|canary|apply)\.(\d+)\.(\d+)-(\d+)\.([0-9a-f]+)(?:\.[0-9a-f]+)?$/;
/** Long enough that nobody makes another payload with the same fingerprint, nor guesses a seal. */
const fingerprintLength = 24;
const sealLength = 16;

/** The run that batches are of. */
export interface BatchOwner {
  readonly id: string;
  readonly job: string;
  /** What its batches are sealed with. */
  readonly seal: string;
}

/** Writes the id of a batch. BullMQ allows no colon in it. */
export function batchId(run: BatchOwner, { phase, number, users, actions, fingerprint }: BatchId): string {
  const open = `${run.id}.${phase}.${number}.${users}-${actions}.${fingerprint.slice(0, fingerprintLength)}`;
  return `${open}.${sealFor(run, open)}`;
}

/** Reads the id of a batch of this run; undefined when it is of another one, or none that was made for it. */
export function readSealedId(run: BatchOwner, id: string): BatchId | undefined {
  const open = id.slice(0, -(sealLength + 1));
  if (!open.startsWith(`${run.id}.`) || id !== `${open}.${sealFor(run, open)}`) return undefined;
  return readBatchId(id);
}

function sealFor({ job, seal }: BatchOwner, open: string): string {
  return createHmac('sha256', seal).update(`${job}\n${open}`).digest('hex').slice(0, sealLength);
}

/** Whether a payload, as its text of JSON, is the one that the id of its batch was made for. */
export function isPayloadOf({ fingerprint }: BatchId, text: string): boolean {
  return fingerprint !== '' && fingerprintOf(text).startsWith(fingerprint);
}

/** Changes with anything in the text of a batch. The id has only its beginning. */
export function fingerprintOf(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Reads the id of a batch, also out of its key in Redis. */
export function readBatchId(id: string): BatchId | undefined {
  const [, phase, number, users, actions, fingerprint = ''] = idPattern.exec(id) ?? [];
  if (phase !== 'plan' && phase !== 'canary' && phase !== 'apply') return undefined;
  return { phase, number: Number(number), users: Number(users), actions: Number(actions), fingerprint };
}
