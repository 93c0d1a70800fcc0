import { hash } from 'node:crypto';
import type { BatchData } from './payloads.ts';

/**
 * The id of a batch says whose it is and how much is in it, so that nothing has to be asked twice: a run that adds its
 * batches again after a crash recognises those that are there, and a batch that is lost can still be counted.
 */
export interface BatchId {
  readonly phase: 'plan' | 'canary' | 'apply';
  readonly number: number;
  readonly users: number;
  readonly actions: number;
  /** Fingerprint of the payload: the same number with another content means that the roster changed. */
  readonly fingerprint: string;
}

const idPattern = /\.(plan|canary|apply)\.(\d+)\.(\d+)-(\d+)\.([0-9a-f]+)$/;

/** Writes the id of a batch. BullMQ allows no colon in it. */
export function batchId(runId: string, { phase, number, users, actions, fingerprint }: BatchId): string {
  return `${runId}.${phase}.${number}.${users}-${actions}.${fingerprint.slice(0, 12)}`;
}

/** Changes with anything in the payload of a batch. The id has only its beginning. */
export function fingerprintOf(data: BatchData): string {
  return hash('sha256', JSON.stringify(data), 'hex');
}

/** Reads the id of a batch, also out of its key in Redis. */
export function readBatchId(id: string): BatchId | undefined {
  const [, phase, number, users, actions, fingerprint = ''] = idPattern.exec(id) ?? [];
  if (phase !== 'plan' && phase !== 'canary' && phase !== 'apply') return undefined;
  return { phase, number: Number(number), users: Number(users), actions: Number(actions), fingerprint };
}
