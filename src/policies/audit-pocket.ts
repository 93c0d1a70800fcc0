import * as kind from '../config/kinds/index.ts';
import { setting, type ValuesOf } from '../config/settings/setting.ts';
import { plural } from '../domain/quantities.ts';
import { ruled } from './audit-rules.ts';
import { type Finding, finding } from './finding.ts';
import { judgeBy, type RegistrationFacts } from './registration-rules.ts';

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
