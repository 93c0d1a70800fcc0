import type { DateTime } from 'luxon';
import { openVendorClients, type VendorClients } from '../../clients/vendors.ts';
import type { SuperofficeConfig } from '../../config/vendors/vendors.ts';
import { createLocalBudget } from '../../queue/vendors/local-budget.ts';

/**
 * Opens connections to SuperOffice for a command that has none, to read the users of the roster.
 *
 * @throws SettingError when a certificate cannot be used
 */
export function openArchiveClients(superoffice: SuperofficeConfig, now: () => DateTime): VendorClients {
  const budget = createLocalBudget(superoffice.requestsPerSecond);
  return openVendorClients({ pointsharp: undefined, superoffice }, () => ({
    now,
    ...(budget ? { beforeRequest: budget } : {}),
  }));
}
