import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Registration } from '../../simulators/superoffice/registrations.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 2000;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());

/** A version as numbers; null when it cannot be read. Written without a look at src. */
function numbers(text: string | null): number[] | null {
  return text !== null && /^\d+(\.\d+)*$/.test(text) ? text.split('.').map(Number) : null;
}

function isBelow(version: readonly number[], least: readonly number[]): boolean {
  for (let index = 0; index < Math.max(version.length, least.length); index += 1) {
    const difference = (version[index] ?? 0) - (least[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The names of the rules that one registration breaks, worked out from the simulator's own data. */
function broken({ PNSHandle, PocketVersion, Platform, OSVersion }: Registration): string[] {
  const app = numbers(PocketVersion);
  const [, system = '', version = ''] =
    /^(iOS|Android|Windows Phone|HarmonyOS) v?([\d.]+)$/.exec(OSVersion ?? '') ?? [];
  const least = { iOS: [15], Android: [9] }[system];
  const osVersion = numbers(version);
  return [
    ...(PNSHandle ? [] : ['missing-push-handle']),
    ...(app && isBelow(app, [10]) ? ['app-cannot-log-in'] : []),
    ...(app && !isBelow(app, [10]) && isBelow(app, [11]) ? ['outdated-app'] : []),
    ...(osVersion && least && isBelow(osVersion, least) ? ['unsupported-os'] : []),
    ...(['AppleDeveloper', 'AppleAdHoc', 'GoogleDeveloper'].includes(String(Platform)) ? ['test-build'] : []),
    ...(Platform === 'Microsoft' ? ['retired-platform'] : []),
    ...(['Apple', 'Google', 'Microsoft', 'AppleDeveloper', 'AppleAdHoc', 'GoogleDeveloper'].includes(
      String(Platform),
    )
      ? []
      : ['unknown-platform']),
    ...(app && osVersion ? [] : ['unreadable-version']),
  ];
}

function expectedFindings(): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (rule: string) => {
    counts[rule] = (counts[rule] ?? 0) + 1;
  };
  const associates = new Map<string, Set<number>>();
  const registrations = new Map<string, number>();
  const { people, superoffice } = endToEnd.simulators;
  for (let index = 0; index < users; index += 1) {
    const associate = people.associateId(index);
    const own = superoffice.world.registrations(associate);
    if (own.length > 2) add('too-many-devices');
    for (const registration of own) {
      broken(registration).forEach(add);
      const { DeviceIdentifier, PNSHandle } = registration;
      if (DeviceIdentifier) {
        associates.set(DeviceIdentifier, new Set([...(associates.get(DeviceIdentifier) ?? []), associate]));
      }
      if (PNSHandle) registrations.set(PNSHandle, (registrations.get(PNSHandle) ?? 0) + 1);
    }
  }
  for (const of of associates.values()) if (of.size > 1) add('shared-device');
  for (const count of registrations.values()) if (count > 1) add('shared-push-handle');
  return counts;
}

it('an audit finds what the data of the simulator shows, logs each finding once, and never a push handle', async () => {
  const result = await endToEnd.run(['run', 'audit-pocket', '--json'], { AUDIT_POCKET_MAX_DEVICES: '2' });
  expect(result.code).toBe(0);
  const report = result.json<Report>();
  const expected = expectedFindings();
  expect(Object.keys(expected)).toHaveLength(11);
  expect(report.findings).toEqual(expected);
  expect(report.users).toEqual({ selected: users, inspected: users, failed: 0, notReached: 0, notAsked: 0 });
  expect(report.actions.planned).toBe(0);
  expect(report.requests).toEqual({ superoffice: users });

  const total = Object.values(expected).reduce((sum, count) => sum + count, 0);
  const logged = result.errors.split('\n').filter((line) => line.includes('"msg":"finding"'));
  expect(logged).toHaveLength(total);
  for (let index = 0; index < users; index += 1) {
    for (const { PNSHandle } of endToEnd.simulators.superoffice.world.registrations(
      endToEnd.simulators.people.associateId(index),
    )) {
      if (PNSHandle) expect(result.errors.includes(PNSHandle)).toBe(false);
    }
  }
});

it('an audit gives the same findings the same fingerprints in every run', async () => {
  const fingerprints = async () => {
    const { errors } = await endToEnd.run(['run', 'audit-pocket', '--json']);
    return [...errors.matchAll(/"fingerprint":"([0-9a-f]+)"/g)].map(([, found]) => found).sort();
  };
  const first = await fingerprints();
  expect(first.length).toBeGreaterThan(1000);
  expect(await fingerprints()).toEqual(first);
});
