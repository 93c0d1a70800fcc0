import type { Ceiling } from '../../clients/ceiling.ts';
import { openVendorClients, type VendorClients } from '../../clients/vendors.ts';
import type { Config } from '../../config/config.ts';
import { now } from './clock.ts';

/** How the connections of a command are opened, where it does more than read. */
interface ClientOptions {
  readonly options?: Parameters<typeof openVendorClients>[1];
  /** Left out, the command only reads. */
  readonly ceiling?: Ceiling;
}

/**
 * Opens the connections to the vendors for one command, and ends them however it ends.
 *
 * @throws SettingError when a certificate cannot be used
 */
export async function withClients<T>(
  config: Config,
  use: (clients: VendorClients) => Promise<T>,
  how?: ClientOptions,
): Promise<T> {
  const clients = openClients(config, how);
  try {
    return await use(clients);
  } finally {
    await clients.destroy();
  }
}

/** Opens the connections to the vendors that are configured. @throws SettingError when a certificate cannot be used */
export function openClients(config: Config, { options, ceiling }: ClientOptions = {}): VendorClients {
  return openVendorClients(config, (vendor) => ({ now, ...options?.(vendor) }), ceiling);
}
