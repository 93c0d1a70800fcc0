import type { FindingRule, Severity } from './finding.ts';

/*
 * What each rule of the audit finds, for people: the command line, the console and docs/findings.md all say it from here.
 */

/** Every rule of the audit, by name. */
export const auditRules = {
  'app-cannot-log-in': {
    severity: 'high',
    means:
      'The phone has a Pocket CRM below version 10, which cannot log in to SuperOffice 10 or later. Its user has no working Pocket there.',
    advice:
      'Ask the user to install the current SuperOffice Pocket from the store of the phone, and to log in once. An old phone that nobody uses any more can be left as it is.',
  },
  'shared-device': {
    severity: 'high',
    means: 'One device is registered under several associates, so one of them may get the pushes of another.',
    advice:
      'Find out who has the phone today. The others log out of Pocket on it, or their registrations are removed in SuperOffice. Ask whether the phone was handed on without being reset.',
  },
  'shared-push-handle': {
    severity: 'high',
    means:
      'Several registrations have one push handle, so what is meant for one of them is shown wherever the other is.',
    advice:
      'Find out who has the phone today, and let everybody else log out of Pocket on it. On one and the same phone it is enough that its user logs out and in again.',
  },
  departed: {
    severity: 'high',
    means:
      'The roster says that the user has left, and registrations remain: pushes may still go to that phone.',
    advice:
      'Find out who has the phone today. Have the registrations removed in SuperOffice, or correct the roster if the user has not left.',
  },
  'missing-push-handle': {
    severity: 'medium',
    means: 'The registration has no push handle, so no push reaches the device.',
    advice:
      'Ask the user to allow notifications for Pocket in the settings of the phone, and to log in again.',
  },
  'unsupported-os': {
    severity: 'medium',
    means: 'The operating system of the phone is below AUDIT_POCKET_MIN_OS.',
    advice: 'Update the phone, or replace it where its maker has no newer system for it.',
  },
  'test-build': {
    severity: 'medium',
    means: 'The app is a build for developers or testers, which is not updated through the store.',
    advice: 'Ask the user to delete the app and to install Pocket from the store of the phone.',
  },
  'retired-platform': {
    severity: 'medium',
    means: 'The phone is of a platform that has no Pocket any more.',
    advice: 'Replace the phone, or have the registration removed in SuperOffice if nobody uses it.',
  },
  'outdated-app': {
    severity: 'low',
    means: 'The app is below AUDIT_POCKET_MIN_APP_VERSION, and can still log in.',
    advice: 'Ask the user to update Pocket in the store of the phone, or let the management of phones do it.',
  },
  'unknown-platform': {
    severity: 'low',
    means: 'The registration names a platform that this program does not know, or none.',
    advice:
      'Look at the registration in SuperOffice. If the platform is a real one, tell whoever maintains this program.',
  },
  'unreadable-version': {
    severity: 'low',
    means:
      'The version of the app or of the operating system cannot be read, so no rule about versions looks at this phone.',
    advice:
      'Look at the phone. A registration without versions is often an old one that nobody uses any more.',
  },
  'too-many-devices': {
    severity: 'low',
    means: 'The associate has more registrations than AUDIT_POCKET_MAX_DEVICES.',
    advice:
      'Have the registrations of phones that nobody uses any more removed in SuperOffice, or raise the limit.',
  },
} as const satisfies Readonly<Record<string, FindingRule>>;

/** The name of a rule of the audit. */
export type AuditRule = keyof typeof auditRules;

/** A rule and its severity, as each of its findings has them. */
export function ruled(rule: AuditRule): { readonly rule: AuditRule; readonly severity: Severity } {
  return { rule, severity: auditRules[rule].severity };
}
