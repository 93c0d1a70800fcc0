import type { PointsharpConfig, SuperofficeConfig } from '../config/vendors.ts';
import { SettingError } from '../domain/setting-error.ts';
import { envPrefix, type Vendor } from '../domain/vendor.ts';
import type { HttpOptions, Meter, VendorHttp } from './http/http.ts';
import {
  type PointsharpReader,
  type PointsharpWriter,
  pointsharpReader,
  pointsharpWriter,
} from './pointsharp/client.ts';
import { openPointsharp } from './pointsharp/open.ts';
import { type SuperofficeReader, superofficeReader } from './superoffice/client.ts';
import { openSuperoffice } from './superoffice/open.ts';

/** The clients of all vendors that are configured. Those for reading have no write methods. */
export interface VendorClients {
  /** @throws SettingError when the vendor is not configured */
  readers(meter: Meter): { pointsharp(): PointsharpReader; superoffice(): SuperofficeReader };
  /** @throws SettingError when the vendor is not configured */
  writers(meter: Meter): { pointsharp(): PointsharpWriter; superoffice(): SuperofficeReader };
  /** Waits for what is in flight. */
  close(): Promise<void>;
  /** What is in flight fails at once. */
  destroy(): Promise<void>;
}

interface VendorConfigs {
  readonly pointsharp: PointsharpConfig | undefined;
  readonly superoffice: SuperofficeConfig | undefined;
}

/** Opens the connections to every vendor that is configured. @throws SettingError when a setting of it cannot be used */
export function openVendorClients(
  configs: VendorConfigs,
  options: (vendor: Vendor) => HttpOptions = () => ({}),
): VendorClients {
  const pointsharp = configs.pointsharp && openPointsharp(configs.pointsharp, options('pointsharp'));
  const superoffice = configs.superoffice && openSuperoffice(configs.superoffice, options('superoffice'));
  const all = [pointsharp, superoffice].filter((http) => http !== undefined);
  return {
    readers: (meter) => ({
      pointsharp: () => pointsharpReader(opened('pointsharp', pointsharp).session(meter)),
      superoffice: () => superofficeReader(opened('superoffice', superoffice).session(meter)),
    }),
    writers: (meter) => ({
      pointsharp: () => pointsharpWriter(opened('pointsharp', pointsharp).session(meter)),
      superoffice: () => superofficeReader(opened('superoffice', superoffice).session(meter)),
    }),
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
