import { expect, it } from 'vitest';
import { auditPocket } from '../../src/jobs/audit-pocket.ts';
import { carriedPolicy } from '../../src/jobs/carried-policy.ts';
import { refreshTimedDevices } from '../../src/jobs/refresh-timed-devices.ts';

it('the policy of one run is read once for all its batches', () => {
  const read = () => carriedPolicy(auditPocket, { maxDevices: '7' });
  expect(read()).toBe(read());
  expect(read()).toMatchObject({ maxDevices: 7, minAppVersion: '11.0.0' });
});

it('a run with another policy has its own, and so has another job', () => {
  const first = carriedPolicy(auditPocket, { maxDevices: '7' });
  expect(carriedPolicy(auditPocket, { maxDevices: '8' })).toMatchObject({ maxDevices: 8 });
  expect(carriedPolicy(refreshTimedDevices, { unit: 'days' })).toMatchObject({ unit: 'days' });
  expect(carriedPolicy(auditPocket, { maxDevices: '7' })).toEqual(first);
});

it('a policy that cannot be used is refused each time', () => {
  for (let time = 0; time < 2; time += 1)
    expect(() => carriedPolicy(auditPocket, { maxDevices: 'many' })).toThrow('MAX_DEVICES');
});
