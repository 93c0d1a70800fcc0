import type { DateTime } from 'luxon';
import type { PointsharpConfig, SuperofficeConfig } from '../config/vendors/vendors.ts';
import { SettingError } from '../domain/setting-error.ts';
import { envPrefix, type Vendor } from '../domain/vendor.ts';
import { type Ceiling, mayWriteFor, WriteForbidden } from './ceiling.ts';
import type { VendorHttp } from './http/http.ts';
import type { HttpOptions } from './http/http-settings.ts';
import type { Meter } from './http/session.ts';
import {
  type PointsharpReader,
  type PointsharpWriter,
  pointsharpReader,
  pointsharpWriter,
} from './pointsharp/client.ts';
import { openPointsharp } from './pointsharp/open.ts';
import { type SuperofficeReader, superofficeReader } from './superoffice/client.ts';
import type { Account } from './superoffice/online/site.ts';
import { openSuperoffice } from './superoffice/open.ts';

/** The clients of all vendors that are configured. Those for reading have no write methods. */
export interface VendorClients {
  /** @throws SettingError when the vendor is not configured */
  readers(meter: Meter): { pointsharp(): PointsharpReader; superoffice(): SuperofficeReader };
  /**
   * The only way to a client that writes.
   *
   * @param order the run that is to be written for, or what a person ordered by hand
   * @throws WriteForbidden when the ceiling of this process is below, and SettingError when the vendor is not configured
   */
  writers(meter: Meter, order: string): { pointsharp(): PointsharpWriter; superoffice(): SuperofficeReader };
  /**
   * What stands for a value in a place where it must not be read: the same value gives the same 16 characters, as long as
   * address and secrets of the vendor are the same.
   *
   * @throws SettingError when the vendor is not configured
   */
  keyedHash(vendor: Vendor): (value: string) => string;
  /** The clock of a vendor, epoch milliseconds; undefined when it does not say, or is not configured. */
  serverTime(vendor: Vendor): Promise<number | undefined>;
  /**
   * Finds out, as a run begins, whether its vendor can be asked at all. What cannot be known is left to the first
   * request of the run.
   *
   * @returns why not, where the vendor says that it can be later; otherwise undefined
   */
  availability(vendor: Vendor): Promise<Unavailable | undefined>;
  /** Who signs in at SuperOffice Online; undefined for every other way to sign in. @throws VendorError */
  account(vendor: Vendor): Promise<Account | undefined>;
  /** Waits for what is in flight. */
  close(): Promise<void>;
  /** What is in flight fails at once. */
  destroy(): Promise<void>;
}

/** Why a vendor cannot be asked for a while. */
export interface Unavailable {
  /** For people, whole sentences. */
  readonly reason: string;
  /** When the vendor says that it is to be looked at again. */
  readonly until: DateTime | undefined;
}

interface VendorConfigs {
  readonly pointsharp: PointsharpConfig | undefined;
  readonly superoffice: SuperofficeConfig | undefined;
}

/**
 * Opens the connections to every vendor that is configured.
 *
 * @param ceiling what may be written over them; left out, nothing
 * @throws SettingError when a setting of a vendor cannot be used
 */
export function openVendorClients(
  configs: VendorConfigs,
  options: (vendor: Vendor) => HttpOptions = () => ({}),
  ceiling: Ceiling = { mode: 'observe' },
): VendorClients {
  const pointsharp = configs.pointsharp && openPointsharp(configs.pointsharp, options('pointsharp'));
  const superoffice = configs.superoffice && openSuperoffice(configs.superoffice, options('superoffice'));
  const all = [pointsharp, superoffice].filter((http) => http !== undefined);
  return {
    readers: (meter) => ({
      pointsharp: () => pointsharpReader(opened('pointsharp', pointsharp).session(meter)),
      superoffice: () => superofficeReader(opened('superoffice', superoffice).session(meter)),
    }),
    writers(meter, order) {
      if (!mayWriteFor(ceiling, order)) throw new WriteForbidden(order);
      return {
        pointsharp: () => pointsharpWriter(opened('pointsharp', pointsharp).session(meter)),
        superoffice: () => superofficeReader(opened('superoffice', superoffice).session(meter)),
      };
    },
    keyedHash: (vendor) => opened(vendor, { pointsharp, superoffice }[vendor]).keyedHash(),
    serverTime: async (vendor) => ({ pointsharp, superoffice })[vendor]?.serverTime(),
    async availability(vendor) {
      const site = vendor === 'superoffice' ? superoffice?.site : undefined;
      // An error here is one of the first request as well, which knows what to do about it.
      const tenant = await site?.lookUp().catch(() => undefined);
      if (tenant?.meaning !== 'later') return undefined;
      const reason = `unavailable: SuperOffice says of the tenant ${configs.superoffice?.tenant}: ${tenant.description}.`;
      return { reason, until: tenant.validUntil };
    },
    account: async (vendor) => (vendor === 'superoffice' ? superoffice?.site?.account() : undefined),
    async close() {
      await Promise.all(all.map((http) => http.close()));
    },
    async destroy() {
      await Promise.all(all.map((http) => http.destroy()));
    },
  };
}

function opened(vendor: Vendor, http: VendorHttp | undefined): VendorHttp {
  if (!http) throw new SettingError(`${envPrefix(vendor)}URL is missing.`, 'Set it.');
  return http;
}
