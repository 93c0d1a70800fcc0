import { remembered } from '../domain/remembered.ts';
import type { AuditRule } from './audit-rules.ts';
import { isLower, readOperatingSystem, readVersion } from './versions.ts';

/** What the rules need to know of a registration. The push handle itself is never seen here, only its keyed hash. */
export interface RegistrationFacts {
  readonly deviceName: string | null;
  readonly deviceIdentifier: string | null;
  readonly pocketVersion: string | null;
  readonly platform: string | null;
  readonly osVersion: string | null;
  readonly pushHandleHash: string | null;
}

/** By what the rules judge. */
export interface RulesPolicy {
  /** Apps below this version count as outdated. */
  readonly minAppVersion: string;
  /** Operating systems below these versions count as unsupported, by their names in lower case. */
  readonly minOs: ReadonlyMap<string, string>;
}

/** What the rules look at. Many phones are alike in it. */
type Traits = Pick<RegistrationFacts, 'pocketVersion' | 'platform' | 'osVersion'> & {
  readonly hasPushHandle: boolean;
};

interface RegistrationRule {
  readonly rule: AuditRule;
  /** What is wrong, in words, or nothing. */
  finds(traits: Traits, policy: RulesPolicy): string | undefined;
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

const judges = new WeakMap<RulesPolicy, (traits: Traits) => readonly Judgment[]>();

/** Who tells by a policy what the rules say of a phone: those of one kind are judged once. */
export function judgeBy(policy: RulesPolicy): (traits: Traits) => readonly Judgment[] {
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
