import * as kind from '../config/kinds/index.ts';
import { setting, type ValuesOf } from '../config/settings/setting.ts';
import { plural } from '../domain/quantities.ts';
import { type AuditRule, ruled } from './audit-rules.ts';
import { type Finding, finding } from './finding.ts';
import { remembered } from './remembered.ts';
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

/** What the rules look at. Many phones are alike in it. */
type Traits = Pick<RegistrationFacts, 'pocketVersion' | 'platform' | 'osVersion'> & {
  readonly hasPushHandle: boolean;
};

interface RegistrationRule {
  readonly rule: AuditRule;
  /** What is wrong, in words, or nothing. */
  finds(traits: Traits, policy: AuditPocketPolicy): string | undefined;
}

/** Pocket CRM ended with 9.1.6; it cannot log in to SuperOffice 10 or later (the vendor's documentation). */
const firstAppThatLogsIn = '10';
const testPlatforms = ['AppleDeveloper', 'AppleAdHoc', 'GoogleDeveloper'];
const livePlatforms = ['Apple', 'Google'];
const retiredPlatforms = ['Microsoft'];
const knownPlatforms = [...livePlatforms, ...testPlatforms, ...retiredPlatforms];

const registrationRules: readonly RegistrationRule[] = [
  {
    rule: 'missing-push-handle',
    finds: ({ hasPushHandle }) =>
      hasPushHandle ? undefined : 'the registration has no push handle, so no push reaches the device',
  },
  {
    rule: 'app-cannot-log-in',
    finds({ pocketVersion }) {
      const app = readVersion(pocketVersion);
      return app !== undefined && isLower(app, firstAppThatLogsIn)
        ? `Pocket CRM ${app} cannot log in to SuperOffice 10 or later`
        : undefined;
    },
  },
  {
    rule: 'outdated-app',
    finds({ pocketVersion }, { minAppVersion }) {
      const app = readVersion(pocketVersion);
      return app !== undefined && !isLower(app, firstAppThatLogsIn) && isLower(app, minAppVersion)
        ? `app ${app} is below ${minAppVersion}`
        : undefined;
    },
  },
  {
    rule: 'unsupported-os',
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
    finds: ({ platform }) =>
      platform !== null && testPlatforms.includes(platform) ? `platform ${platform}` : undefined,
  },
  {
    rule: 'retired-platform',
    finds: ({ platform }) =>
      platform !== null && retiredPlatforms.includes(platform) ? `platform ${platform}` : undefined,
  },
  {
    rule: 'unknown-platform',
    finds: ({ platform }) =>
      knownPlatforms.includes(platform ?? '') ? undefined : `platform ${platform ?? 'missing'}`,
  },
  {
    rule: 'unreadable-version',
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

/** What a rule says of a phone. */
interface Judgment {
  readonly rule: AuditRule;
  readonly detail: string;
}

const judges = new WeakMap<AuditPocketPolicy, (traits: Traits) => readonly Judgment[]>();

/** Who judges by a policy. */
function judgeBy(policy: AuditPocketPolicy): (traits: Traits) => readonly Judgment[] {
  const known = judges.get(policy);
  if (known) return known;
  const judge = remembered(
    (traits: Traits) =>
      registrationRules.flatMap(({ rule, finds }): Judgment[] => {
        const detail = finds(traits, policy);
        return detail === undefined ? [] : [{ rule, detail }];
      }),
    ({ pocketVersion, platform, osVersion, hasPushHandle }) =>
      JSON.stringify([pocketVersion, platform, osVersion, hasPushHandle]),
  );
  judges.set(policy, judge);
  return judge;
}

/** All findings that the registrations of one associate show by themselves. */
export function auditRegistrations(
  associateId: number,
  registrations: readonly RegistrationFacts[],
  policy: AuditPocketPolicy,
): Finding[] {
  const associates = [associateId];
  const judge = judgeBy(policy);
  const findings = registrations.flatMap((registration, index) => {
    const { pocketVersion, platform, osVersion, pushHandleHash } = registration;
    const judgments = judge({ pocketVersion, platform, osVersion, hasPushHandle: pushHandleHash !== null });
    const device = nameOf(registration, index);
    const subject = `associate ${associateId}, device ${device}`;
    return judgments.map(({ rule, detail }) =>
      finding({ ...ruled(rule), associates, subject, detail }, [associateId, device]),
    );
  });
  if (registrations.length <= policy.maxDevices) return findings;
  const detail = `${plural(registrations.length, 'registration')}, more than ${policy.maxDevices} (AUDIT_POCKET_MAX_DEVICES)`;
  const subject = `associate ${associateId}`;
  return [...findings, finding({ ...ruled('too-many-devices'), associates, subject, detail }, [associateId])];
}

/** The finding that an associate who has left still has registrations; none where there are none, or nobody has left. */
export function auditDeparted(
  associateId: number,
  registrations: readonly RegistrationFacts[],
  active: boolean | undefined,
): Finding[] {
  if (active !== false || registrations.length === 0) return [];
  const detail = `the roster says that the user has left, and ${plural(registrations.length, 'registration')} remain`;
  const facts = { associates: [associateId], subject: `associate ${associateId}`, detail };
  return [finding({ ...ruled('departed'), ...facts }, [associateId])];
}

/** What a registration is called, if possible the same in every run. */
function nameOf({ deviceIdentifier, deviceName, pushHandleHash }: RegistrationFacts, index: number): string {
  const byHandle = pushHandleHash ? `with push handle #${pushHandleHash}` : `registration ${index + 1}`;
  return deviceIdentifier?.trim() || deviceName?.trim() || byHandle;
}
