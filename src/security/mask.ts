/** What is shown in place of a secret. */
export const mask = '********';

/** An address with its password masked: `redis://user:********@host`. */
export function maskPassword(address: string): string {
  return address.replace(/^(\s*[a-z]+:\/\/[^:@/]*):.*@/is, `$1:${mask}@`);
}

/** An address as far as it can be shown when it is wrong: a user or a query in it may be a secret. */
export function maskAddress(address: string): string {
  if (!address.includes('://')) return address;
  return address.replace(/:\/\/.*@/s, `://${mask}@`).replace(/\?.*$/s, `?${mask}`);
}
