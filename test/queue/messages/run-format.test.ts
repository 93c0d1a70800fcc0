import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { jobPrefix } from '../../../src/config/settings/job.ts';
import { variableName } from '../../../src/config/settings/setting.ts';
import { jobs } from '../../../src/jobs/index.ts';
import { BatchData } from '../../../src/queue/messages/batch-data.ts';
import { BatchReturn } from '../../../src/queue/messages/batch-return.ts';
import { otherFormat, RunState, runFormat } from '../../../src/queue/messages/run-state.ts';

/**
 * What versions have to agree on to carry on a run of each other, as a fingerprint. When it changes, note the new one here,
 * and raise the format unless it was raised since the last release.
 */
const agreed = { format: 1, fingerprint: '71871ccd2a8f' };

it('the format of runs goes with the shape of what is kept of them, and the variables and defaults of their policies', () => {
  const shapes = [RunState, BatchData, BatchReturn].map((schema) =>
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  );
  // What is packed is a text before it is read: its shape shows only in what comes out.
  shapes.push(z.toJSONSchema(BatchReturn, { io: 'output', unrepresentable: 'any' }));
  const policies = jobs.map(({ name, policy }) =>
    Object.entries(policy).map(([key, { fallback }]) => [variableName(jobPrefix(name), key), fallback]),
  );
  const text = JSON.stringify([shapes, policies]);
  const fingerprint = createHash('sha256').update(text).digest('hex').slice(0, 12);
  expect({ format: runFormat, fingerprint }).toEqual(agreed);
});

it.each([
  ['nothing', undefined, undefined],
  ['no state', { mode: 'observe' }, undefined],
  ['a state of ours', { state: { format: runFormat } }, undefined],
  ['a state of the next version', { state: { format: runFormat + 1 } }, String(runFormat + 1)],
  ['a state of the first versions', { state: { phase: 'plan' } }, '0'],
  ['a format that is none', { state: { format: ['x'] } }, '["x"]'],
])('a run that holds %s', (_, data, format) => {
  expect(otherFormat(data)).toBe(format);
});
