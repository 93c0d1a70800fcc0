import * as kind from '../config/kinds/index.ts';
import { setting, type ValuesOf } from '../config/settings/setting.ts';
import { plural } from '../domain/quantities.ts';
import { type Finding, finding, type Severity } from './finding.ts';
import { sharedDevice, sharedPushHandle } from './shared-registrations.ts';
import { isLower, readOperatingSystem, readVersion } from './versions.ts';

/** `AUDIT_POCKET_…` */
export const auditPocketSettings = {
  minAppVersion: setting(kind.version, {
    doc: 'Apps below this version count as outdated.',
    fallback: '11.0.0',
  }),
  minOs: setting(kind.versionsByName, {
    doc: 'Operating systems below these versions count as unsupported.',
    fallback: 'ios=15,android=9',
  }),
  maxDevices: setting(kind.integer(1), {
    doc: 'An associate with more registrations than this is a finding.',
    fallback: '5',
  }),
};

export type AuditPocketPolicy = ValuesOf<typeof auditPocketSettings>;

/** What the rules need to know of a registration. The push handle itself is never seen here, only its keyed hash. */
export interface RegistrationFacts {
  readonly deviceName: string | null;
  readonly deviceIdentifier: string | null;
  readonly pocketVersion: string | null;
  readonly platform: string | null;
  readonly osVersion: string | null;
  readonly pushHandleHash: string | null;
}

interface RegistrationRule {
  readonly rule: string;
  readonly severity: Severity;
  /** What is wrong, in words, or nothing. */
  finds(registration: RegistrationFacts, policy: AuditPocketPolicy): string | undefined;
}

/** Pocket CRM ended with 9.1.6; it cannot log in to SuperOffice 10 or later (the vendor's documentation). */
const firstAppThatLogsIn = '10';
const testPlatforms = ['AppleDeveloper', 'AppleAdHoc', 'GoogleDeveloper'];
const livePlatforms = ['Apple', 'Google'];
const retiredPlatforms = ['Microsoft'];

const registrationRules: readonly RegistrationRule[] = [
  {
    rule: 'missing-push-handle',
    severity: 'medium',
    finds: ({ pushHandleHash }) =>
      pushHandleHash === null
        ? 'the registration has no push handle, so no push reaches the device'
        : undefined,
  },
  {
    rule: 'app-cannot-log-in',
    severity: 'high',
    finds({ pocketVersion }) {
      const app = readVersion(pocketVersion);
      return app !== undefined && isLower(app, firstAppThatLogsIn)
        ? `Pocket CRM ${app} cannot log in to SuperOffice 10 or later`
        : undefined;
    },
  },
  {
    rule: 'outdated-app',
    severity: 'low',
    finds({ pocketVersion }, { minAppVersion }) {
      const app = readVersion(pocketVersion);
      return app !== undefined && !isLower(app, firstAppThatLogsIn) && isLower(app, minAppVersion)
        ? `app ${app} is below ${minAppVersion}`
        : undefined;
    },
  },
  {
    rule: 'unsupported-os',
    severity: 'medium',
    finds({ osVersion }, { minOs }) {
      const system = readOperatingSystem(osVersion);
      const least = minOs.get(system?.name ?? '');
      return system && least !== undefined && isLower(system.version, least)
        ? `${system.name} ${system.version} is below ${least}`
        : undefined;
    },
  },
  {
    rule: 'test-build',
    severity: 'medium',
    finds: ({ platform }) =>
      platform !== null && testPlatforms.includes(platform) ? `platform ${platform}` : undefined,
  },
  {
    rule: 'retired-platform',
    severity: 'medium',
    finds: ({ platform }) =>
      platform !== null && retiredPlatforms.includes(platform) ? `platform ${platform}` : undefined,
  },
  {
    rule: 'unknown-platform',
    severity: 'low',
    finds: ({ platform }) =>
      [...livePlatforms, ...testPlatforms, ...retiredPlatforms].includes(platform ?? '')
        ? undefined
        : `platform ${platform ?? 'missing'}`,
  },
  {
    rule: 'unreadable-version',
    severity: 'low',
    finds({ pocketVersion, osVersion }) {
      const unreadable = [
        ...(readVersion(pocketVersion) === undefined ? [`app version ${pocketVersion || 'missing'}`] : []),
        ...(readOperatingSystem(osVersion) === undefined
          ? [`operating system ${osVersion || 'missing'}`]
          : []),
      ];
      return unreadable.length > 0 ? unreadable.join(', ') : undefined;
    },
  },
];

const departed = { rule: 'departed', severity: 'high' } as const;
const tooManyDevices = { rule: 'too-many-devices', severity: 'low' } as const;

/** How severe a finding of each rule is, also of those that show only across associates. */
export const auditSeverities: Readonly<Record<string, Severity>> = {
  ...Object.fromEntries(
    [...registrationRules, tooManyDevices, departed, sharedDevice, sharedPushHandle].map(
      ({ rule, severity }) => [rule, severity],
    ),
  ),
};

/** All findings that the registrations of one associate show by themselves. */
export function auditRegistrations(
  associateId: number,
  registrations: readonly RegistrationFacts[],
  policy: AuditPocketPolicy,
): Finding[] {
  const findings = registrations.flatMap((registration, index) => {
    const device = nameOf(registration, index);
    return registrationRules.flatMap(({ rule, severity, finds }) => {
      const detail = finds(registration, policy);
      if (detail === undefined) return [];
      const subject = `associate ${associateId}, device ${device}`;
      return [finding({ rule, severity, subject, detail }, [associateId, device])];
    });
  });
  if (registrations.length <= policy.maxDevices) return findings;
  const detail = `${plural(registrations.length, 'registration')}, more than ${policy.maxDevices} (AUDIT_POCKET_MAX_DEVICES)`;
  const subject = `associate ${associateId}`;
  return [...findings, finding({ ...tooManyDevices, subject, detail }, [associateId])];
}

/** The finding that an associate who has left still has registrations; none where there are none, or nobody has left. */
export function auditDeparted(
  associateId: number,
  registrations: readonly RegistrationFacts[],
  active: boolean | undefined,
): Finding[] {
  if (active !== false || registrations.length === 0) return [];
  const detail = `the roster says that the user has left, and ${plural(registrations.length, 'registration')} remain`;
  return [finding({ ...departed, subject: `associate ${associateId}`, detail }, [associateId])];
}

/** What a registration is called, if possible the same in every run. */
function nameOf({ deviceIdentifier, deviceName, pushHandleHash }: RegistrationFacts, index: number): string {
  const byHandle = pushHandleHash ? `with push handle #${pushHandleHash}` : `registration ${index + 1}`;
  return deviceIdentifier?.trim() || deviceName?.trim() || byHandle;
}
