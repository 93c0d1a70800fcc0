import { type DateTime, Duration } from 'luxon';
import type { PointsharpReader } from '../../../clients/pointsharp/client.ts';
import { openVendorClients, type VendorClients } from '../../../clients/vendors.ts';
import type { Config } from '../../../config/config.ts';
import type { User } from '../../../domain/user.ts';
import type { Vendor } from '../../../domain/vendor.ts';
import { createLocalBudget } from '../../../queue/vendors/local-budget.ts';
import type { Question } from './vendor.ts';

/** How the doctor reads from a vendor: briefly, within its budget, and without writing. */
export interface VendorProbe {
  /** Why it cannot be opened, as it was thrown: a certificate or key that cannot be used. */
  readonly setupError?: unknown;
  /** A read of this user. */
  question(user: User): Question;
  /** Who signs in, where the vendor tells. @throws VendorError */
  account(): ReturnType<VendorClients['account']>;
  /** Reads devices; of Pointsharp ID only. */
  readonly devices?: PointsharpReader;
  close(): Promise<void>;
}

/** Opens a vendor for reads that take `timeoutMs` at most. */
export function openVendorProbe(
  vendor: Vendor,
  config: Config,
  timeoutMs: number,
  now: () => DateTime,
): VendorProbe {
  let date: string | undefined;
  const settings = config[vendor];
  const budget = createLocalBudget(settings?.requestsPerSecond ?? 0);
  try {
    const ownSettings = settings && {
      ...settings,
      requestTimeout: Duration.fromMillis(Math.min(timeoutMs, settings.requestTimeout.toMillis())),
    };
    const clients = openVendorClients(
      { pointsharp: undefined, superoffice: undefined, [vendor]: ownSettings },
      () => ({
        now,
        ...(budget ? { beforeRequest: budget } : {}),
        onDate(sent) {
          date = sent;
        },
      }),
    );
    const readers = clients.readers({ requests: 0 });
    return {
      question: (user) => ({
        user,
        ask: () =>
          vendor === 'pointsharp'
            ? readers.pointsharp().listDevices(user)
            : readers.superoffice().listRegistrations(user.associateId ?? 0),
        date: () => date,
      }),
      account: () => clients.account(vendor),
      ...(vendor === 'pointsharp' && settings ? { devices: readers.pointsharp() } : {}),
      close: () => clients.destroy(),
    };
  } catch (error) {
    return {
      setupError: error,
      question: (user) => ({ user, ask: () => Promise.reject(error), date: () => undefined }),
      account: async () => undefined,
      close: async () => {},
    };
  }
}
