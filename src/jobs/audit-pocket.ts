import { plural } from '../domain/quantities.ts';
import { auditDeparted, auditPocketSettings, auditRegistrations } from '../policies/audit-pocket.ts';
import { auditRules } from '../policies/audit-rules.ts';
import { findShared, type RegistrationSighting } from '../policies/shared-registrations.ts';
import type { MaintenanceJob } from './job.ts';

/** Audits the push registrations of every associate of the roster. Reads only, always. */
export const auditPocket = {
  name: 'audit-pocket',
  vendor: 'superoffice',
  policy: auditPocketSettings,
  // The job has no writes; a limit of none holds it to that.
  defaults: { schedule: '30 5 * * 1', maxActions: 0, maxShare: 0 },
  urgency: 2,
  plansFrom: 'vendor',
  rules: auditRules,

  async inspect({ associateId, active }, { client, policy }) {
    if (associateId === undefined) return { actions: [], kept: { 'no-associate-id': 1 } };
    const registrations = await client.listRegistrations(associateId);
    return {
      actions: [],
      findings: [
        ...auditDeparted(associateId, registrations, active),
        ...auditRegistrations(associateId, registrations, policy),
      ],
      observations: registrations.map(
        ({ deviceIdentifier, pushHandleHash }, index): RegistrationSighting => [
          associateId,
          index,
          deviceIdentifier,
          pushHandleHash,
        ],
      ),
    };
  },

  conclude(observations, sort) {
    return findShared(observations, sort);
  },

  async explain({ associateId, active }, { client, policy }) {
    if (associateId === undefined) {
      return [
        {
          subject: 'registrations',
          verdict: 'keep: no-associate-id',
          because: ['the roster has no associate id for this user'],
        },
      ];
    }
    const registrations = await client.listRegistrations(associateId);
    const findings = [
      ...auditDeparted(associateId, registrations, active),
      ...auditRegistrations(associateId, registrations, policy),
    ];
    return [
      {
        subject: `associate ${associateId}`,
        verdict: `${plural(registrations.length, 'registration')}, ${plural(findings.length, 'finding')}`,
        because: findings.map(
          ({ rule, severity, subject, detail }) => `${rule} (${severity}): ${subject}: ${detail}`,
        ),
      },
    ];
  },
} satisfies MaintenanceJob<'superoffice', typeof auditPocketSettings>;
