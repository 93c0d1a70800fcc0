import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  batchId,
  fingerprintOf,
  isPayloadOf,
  readBatchId,
  readSealedId,
} from '../../../src/queue/messages/batch-id.ts';

const owner = { id: 'run', job: 'purge-windows', seal: 'secret' };
const batch = fc.record({
  phase: fc.constantFrom('plan', 'apply'),
  number: fc.nat(),
  users: fc.nat(5000),
  actions: fc.nat(10_000),
});
const runId = fc.oneof(
  fc.constantFrom('purge-windows-20261122T021500Z-abcdef', 'a.b', 'x.plan.1.2-3.abc', 'run.apply.0.0-0.00'),
  fc.string({ unit: fc.constantFrom('a', '.', '-', '1', 'plan', 'apply') }),
);

test('the id of a batch says whose it is and what is in it, whatever the id of the run', () => {
  fc.assert(
    fc.property(runId, batch, fc.string(), (run, facts, username) => {
      const id = batchId(
        { ...owner, id: run },
        { ...facts, fingerprint: fingerprintOf(JSON.stringify({ users: [[username, null, null]] })) },
      );
      expect(id.startsWith(`${run}.`)).toBe(true);
      expect(id.slice(run.length)).not.toContain(':');
      const { fingerprint, ...read } = readBatchId(`{caretaker}:caretaker-pointsharp:${id}`) ?? {
        fingerprint: '',
      };
      expect(read).toEqual(facts);
      expect(fingerprint).toMatch(/^[0-9a-f]{24}$/);
    }),
  );
});

test('the fingerprint changes with the payload, and only with it', () => {
  const facts = { phase: 'plan', number: 1, users: 2, actions: 0 } as const;
  const read = (username: string) => {
    const fingerprint = fingerprintOf(JSON.stringify({ users: [[username, null, null]] }));
    return readBatchId(batchId(owner, { ...facts, fingerprint }))?.fingerprint;
  };
  expect(read('one')).toBe(read('one'));
  expect(read('one')).not.toBe(read('two'));
});

test.each(['', 'repeat:purge-windows:1', '12', 'run.plan.1.2-3', 'run.gate.1.2-3.abc', 'run.plan.x.2-3.abc'])(
  'an id that is not of a batch is not taken for one: %j',
  (id) => {
    expect(readBatchId(id)).toBeUndefined();
  },
);

test('a batch is only that of the run and the job that sealed its id, and only with its payload', () => {
  const data = { users: [['kari', null, null]] };
  const facts = {
    phase: 'apply',
    number: 1,
    users: 1,
    actions: 2,
    fingerprint: fingerprintOf(JSON.stringify(data)),
  } as const;
  const id = batchId(owner, facts);
  const read = readSealedId(owner, id);
  expect(read).toMatchObject({ phase: 'apply', number: 1, users: 1, actions: 2 });
  expect(read && isPayloadOf(read, JSON.stringify(data))).toBe(true);
  expect(read && isPayloadOf(read, JSON.stringify({ users: [['ola', null, null]] }))).toBe(false);
  for (const other of [{ id: 'ru' }, { job: 'audit-pocket' }, { seal: 'another' }]) {
    expect(readSealedId({ ...owner, ...other }, id)).toBeUndefined();
  }
  for (const forged of ['', id.slice(0, -1), `${id}0`, id.replace('.apply.1.', '.apply.2.'), `x${id}`]) {
    expect(readSealedId(owner, forged)).toBeUndefined();
  }
});
