import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTexts } from '../../src/config/settings/read-group.ts';
import { auditDeparted, auditPocketSettings, auditRegistrations } from '../../src/policies/audit-pocket.ts';
import { auditRules } from '../../src/policies/audit-rules.ts';
import type { RegistrationFacts } from '../../src/policies/registration-rules.ts';
import { findShared, type RegistrationSighting } from '../../src/policies/shared-registrations.ts';
import { createSort } from '../../src/sorting/sort.ts';
import { garbage } from '../config/garbage.ts';

const policy = readTexts('AUDIT_POCKET_', auditPocketSettings, {});

const policies = new Map<string, typeof policy>();

/** The same policy each time. */
function policyOf(minAppVersion: string): typeof policy {
  const known = policies.get(minAppVersion) ?? { ...policy, minAppVersion };
  policies.set(minAppVersion, known);
  return known;
}

/** A registration that no rule objects to. */
const sound: RegistrationFacts = {
  deviceName: "John's iPhone",
  deviceIdentifier: 'iPhone-1',
  pocketVersion: '11.1.13',
  platform: 'Apple',
  osVersion: 'iOS 17.1',
  pushHandleHash: 'a1b2c3d4',
};

interface Row {
  readonly title: string;
  readonly change: Partial<RegistrationFacts>;
  readonly rules: readonly string[];
  readonly detail?: string;
}

const rows: readonly Row[] = [
  { title: 'that is sound', change: {}, rules: [] },
  {
    title: 'without a push handle',
    change: { pushHandleHash: null },
    rules: ['missing-push-handle'],
    detail: 'the registration has no push handle, so no push reaches the device',
  },
  {
    title: 'of Pocket CRM',
    change: { pocketVersion: '9.1.6' },
    rules: ['app-cannot-log-in'],
    detail: 'Pocket CRM 9.1.6 cannot log in to SuperOffice 10 or later',
  },
  {
    title: 'of an old Mobile CRM',
    change: { pocketVersion: '10.2.10' },
    rules: ['outdated-app'],
    detail: 'app 10.2.10 is below 11.0.0',
  },
  { title: 'of the first Mobile CRM', change: { pocketVersion: '10.0.1' }, rules: ['outdated-app'] },
  { title: 'of the oldest app allowed', change: { pocketVersion: '11.0.0' }, rules: [] },
  {
    title: 'on iOS 14.8',
    change: { osVersion: 'iOS v14.8' },
    rules: ['unsupported-os'],
    detail: 'ios 14.8 is below 15',
  },
  { title: 'on iOS 15', change: { osVersion: 'iOS 15' }, rules: [] },
  {
    title: 'on Android 8.1',
    change: { platform: 'Google', osVersion: 'Android 8.1' },
    rules: ['unsupported-os'],
  },
  { title: 'on Android 10', change: { platform: 'Google', osVersion: 'Android 10' }, rules: [] },
  { title: 'on a system without a minimum', change: { osVersion: 'HarmonyOS 4' }, rules: [] },
  { title: 'of an Apple developer build', change: { platform: 'AppleDeveloper' }, rules: ['test-build'] },
  {
    title: 'of an ad-hoc build',
    change: { platform: 'AppleAdHoc' },
    rules: ['test-build'],
    detail: 'platform AppleAdHoc',
  },
  { title: 'of a Google developer build', change: { platform: 'GoogleDeveloper' }, rules: ['test-build'] },
  {
    title: 'on Microsoft',
    change: { platform: 'Microsoft' },
    rules: ['retired-platform'],
    detail: 'platform Microsoft',
  },
  { title: 'on an unknown platform', change: { platform: 'Nokia' }, rules: ['unknown-platform'] },
  { title: 'on a platform given by number', change: { platform: '7' }, rules: ['unknown-platform'] },
  {
    title: 'without a platform',
    change: { platform: null },
    rules: ['unknown-platform'],
    detail: 'platform missing',
  },
  {
    title: 'with an unreadable app version',
    change: { pocketVersion: 'beta' },
    rules: ['unreadable-version'],
    detail: 'app version beta',
  },
  {
    title: 'without any version',
    change: { pocketVersion: null, osVersion: '' },
    rules: ['unreadable-version'],
    detail: 'app version missing, operating system missing',
  },
  {
    title: 'with everything wrong',
    change: { pushHandleHash: null, pocketVersion: '8.0.37', osVersion: 'iOS v10.2', platform: 'Microsoft' },
    rules: ['missing-push-handle', 'app-cannot-log-in', 'unsupported-os', 'retired-platform'],
  },
];

describe('A registration', () => {
  it.each(rows)('a registration $title is a finding of the rules $rules', ({ change, rules, detail }) => {
    const findings = auditRegistrations(919, [{ ...sound, ...change }], policy);
    expect(findings.map(({ rule }) => rule)).toEqual(rules);
    if (detail !== undefined) expect(findings[0]?.detail).toBe(detail);
    for (const { subject } of findings) expect(subject).toBe('associate 919, device iPhone-1');
  });

  it.each([
    [{}, 'iPhone-1'],
    [{ deviceIdentifier: null }, "John's iPhone"],
    [{ deviceIdentifier: ' iPhone-1 ' }, 'iPhone-1'],
    [{ deviceIdentifier: null, deviceName: ' Phone ' }, 'Phone'],
    [{ deviceIdentifier: null, deviceName: ' ' }, 'with push handle #a1b2c3d4'],
    [{ deviceIdentifier: ' ', deviceName: '' }, 'with push handle #a1b2c3d4'],
    [{ deviceIdentifier: null, deviceName: null, pushHandleHash: null }, 'registration 1'],
  ])('a finding about a registration with %j calls it %s', (change, name) => {
    const [first] = auditRegistrations(
      1,
      [{ ...sound, ...change, platform: 'Nokia', pocketVersion: '11.2' }],
      policy,
    );
    expect(first?.subject).toBe(`associate 1, device ${name}`);
  });
});

it('what was found of other phones, or by another policy, changes nothing of what is found of one', () => {
  const one = fc.record({
    ...Object.fromEntries(
      (['pocketVersion', 'platform', 'osVersion'] as const).map((key) => [
        key,
        fc.constantFrom(null, '', 'null', ...rows.flatMap(({ change }) => change[key] ?? [])),
      ]),
    ),
    pushHandleHash: fc.constantFrom(null, 'a1b2c3d4'),
  });
  const versions = fc.constantFrom('9.0', '10.2.5', '11.0.0', '12.0');
  fc.assert(
    fc.property(fc.array(fc.tuple(one, versions), { maxLength: 20 }), (several) => {
      for (const [change, minAppVersion] of several) {
        const registrations = [{ ...sound, ...change }];
        // A policy of its own remembers nothing.
        const fresh = { ...policy, minAppVersion };
        expect(auditRegistrations(1, registrations, policyOf(minAppVersion))).toEqual(
          auditRegistrations(1, registrations, fresh),
        );
      }
    }),
  );
});

describe('An associate', () => {
  const several = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ ...sound, deviceIdentifier: `device-${index}` }));

  it('an associate may have as many registrations as the policy says', () => {
    expect(auditRegistrations(919, several(5), policy)).toEqual([]);
  });

  it('an associate with more registrations than the policy allows is a finding', () => {
    expect(auditRegistrations(919, several(6), policy)).toMatchObject([
      {
        rule: 'too-many-devices',
        subject: 'associate 919',
        detail: '6 registrations, more than 5 (AUDIT_POCKET_MAX_DEVICES)',
      },
    ]);
  });

  it('an associate without any registration is no finding', () => {
    expect(auditRegistrations(919, [], policy)).toEqual([]);
  });
});

describe('A fingerprint', () => {
  const old = { ...sound, pocketVersion: '10.0.1' };
  const fingerprintOf = (associate: number, registrations: readonly RegistrationFacts[]) =>
    auditRegistrations(associate, registrations, policy).map(({ fingerprint }) => fingerprint);

  it('the fingerprint of a finding stays the same from run to run, whatever else changes', () => {
    const before = fingerprintOf(919, [old]);
    expect(before).toEqual(['cab336810aa944de']);
    expect(fingerprintOf(919, [{ ...old, pocketVersion: '10.2.1', deviceName: 'Renamed' }])).toEqual(before);
    expect(fingerprintOf(919, [sound, old])).toEqual(before);
  });

  it('the fingerprints of findings tell associates, devices and rules apart', () => {
    const all = [
      ...fingerprintOf(919, [old]),
      ...fingerprintOf(920, [old]),
      ...fingerprintOf(919, [{ ...old, deviceIdentifier: 'iPhone-2' }]),
      ...fingerprintOf(919, [{ ...sound, platform: 'Nokia' }]),
    ];
    expect(new Set(all).size).toBe(4);
  });

  it('the fingerprint of too many registrations tells one associate from another', () => {
    const many = Array.from({ length: 6 }, (_, index) => ({ ...sound, deviceIdentifier: `device-${index}` }));
    const [one, other] = [fingerprintOf(919, many), fingerprintOf(920, many)];
    expect(one).toHaveLength(1);
    expect(other).not.toEqual(one);
  });
});

it('no registration makes a rule of the audit throw', () => {
  const text = fc.option(garbage);
  const registrations = fc.array(
    fc.record({
      deviceName: text,
      deviceIdentifier: text,
      pocketVersion: text,
      platform: text,
      osVersion: text,
      pushHandleHash: text,
    }),
  );
  fc.assert(
    fc.property(registrations, (found) => {
      for (const { fingerprint } of auditRegistrations(1, found, policy))
        expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
    }),
  );
});

const severitiesOfRules = Object.fromEntries(
  Object.entries(auditRules).map(([rule, { severity }]) => [rule, severity]),
);

describe('The severities of the rules', () => {
  it('the severities of the rules are known beforehand as the findings have them, and for no rule that does not exist', async () => {
    async function* sightings(): AsyncGenerator<readonly RegistrationSighting[]> {
      yield [
        [1, 0, 'phone', 'handle'],
        [2, 0, 'phone', 'handle'],
      ];
    }
    const wrong: Partial<RegistrationFacts>[] = [
      { pushHandleHash: null, platform: 'Atari', pocketVersion: '9.1.6', osVersion: 'iOS 3' },
      { platform: 'Microsoft', pocketVersion: '10.0.1', osVersion: 'BeOS' },
      { platform: 'AppleDeveloper', pocketVersion: 'x' },
    ];
    const registrations = [...wrong, ...wrong].map((change) => ({ ...sound, ...change }));
    const findings = [
      ...auditRegistrations(1, registrations, policy),
      ...(await Array.fromAsync(findShared(sightings(), createSort()))),
    ];
    findings.push(...auditDeparted(1, [sound], false));
    const found = Object.fromEntries(findings.map(({ rule, severity }) => [rule, severity]));
    expect(severitiesOfRules).toEqual(found);
  });

  it('the severities of the audit rules are those that an operator sorts its findings by', () => {
    expect(severitiesOfRules).toEqual({
      departed: 'high',
      'app-cannot-log-in': 'high',
      'shared-device': 'high',
      'shared-push-handle': 'high',
      'missing-push-handle': 'medium',
      'unsupported-os': 'medium',
      'test-build': 'medium',
      'retired-platform': 'medium',
      'outdated-app': 'low',
      'unknown-platform': 'low',
      'unreadable-version': 'low',
      'too-many-devices': 'low',
    });
  });
});

it.each<[boolean | undefined, number, string[]]>([
  [false, 2, ['the roster says that the user has left, and 2 registrations remain']],
  [false, 0, []],
  [true, 2, []],
  [undefined, 2, []],
])('a user whose active is %s, with %i registrations, is a finding: %j', (active, count, details) => {
  const found = auditDeparted(1001, new Array(count).fill(sound), active);
  expect(found.map(({ detail }) => detail)).toEqual(details);
  expect(found.every(({ rule, severity }) => rule === 'departed' && severity === 'high')).toBe(true);
  expect(severitiesOfRules.departed).toBe('high');
});
