/** The vendors whose systems are looked after. */
export const vendors = ['pointsharp', 'superoffice'] as const;

/** The name of a vendor, as it stands in logs, metrics and names of queues. */
export type Vendor = (typeof vendors)[number];

/** Whether a text is the name of a vendor. */
export function isVendor(text: string): text is Vendor {
  return vendors.some((vendor) => vendor === text);
}

/** How the environment variables of a vendor begin: `POINTSHARP_`. */
export function envPrefix(vendor: Vendor): string {
  return `${vendor.toUpperCase()}_`;
}
