/** The vendors whose systems are looked after. */
export const vendors = ['pointsharp', 'superoffice'] as const;

/** The name of a vendor, as it stands in logs, metrics and names of queues. */
export type Vendor = (typeof vendors)[number];

/** How the environment variables of a vendor begin: `POINTSHARP_`. */
export function envPrefix(vendor: Vendor): string {
  return `${vendor.toUpperCase()}_`;
}
