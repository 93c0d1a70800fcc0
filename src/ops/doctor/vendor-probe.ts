import { Duration } from 'luxon';
import type { PointsharpReader } from '../../clients/pointsharp/client.ts';
import { openVendorClients } from '../../clients/vendors.ts';
import type { Config } from '../../config/config.ts';
import type { User } from '../../domain/user.ts';
import type { Vendor } from '../../domain/vendor.ts';
import { createLocalBudget } from '../../queue/vendors/local-budget.ts';
import { saidBy } from './check.ts';
import type { Question } from './vendor.ts';

/** A vendor as the doctor asks it: briefly, within its budget, and reading only. */
export interface VendorProbe {
  /** Why it cannot be asked: a certificate or key that cannot be used. */
  readonly problem?: string;
  /** A question about this user. */
  question(user: User): Question;
  /** Reads devices; of Pointsharp ID only. */
  readonly devices?: PointsharpReader;
  close(): Promise<void>;
}

/** Opens a vendor for questions that wait for an answer no longer than `answerMs`. */
export function openVendorProbe(vendor: Vendor, config: Config, answerMs: number): VendorProbe {
  let date: string | undefined;
  const settings = config[vendor];
  const budget = createLocalBudget(settings?.requestsPerSecond ?? 0);
  try {
    const hurried = settings && {
      ...settings,
      requestTimeout: Duration.fromMillis(Math.min(answerMs, settings.requestTimeout.toMillis())),
    };
    const clients = openVendorClients(
      { pointsharp: undefined, superoffice: undefined, [vendor]: hurried },
      () => ({
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
      ...(vendor === 'pointsharp' && settings ? { devices: readers.pointsharp() } : {}),
      close: () => clients.destroy(),
    };
  } catch (error) {
    return {
      problem: saidBy(error),
      question: (user) => ({ user, ask: () => Promise.reject(error), date: () => undefined }),
      close: async () => {},
    };
  }
}
