import { Refused } from './errors/vendor-error.ts';
import type { VendorTexts } from './vendor-texts.ts';

/** Refuses a blank text before anything is sent: an empty id means "all" to a server. */
export function requireText(vendor: VendorTexts, operation: string, name: string, value: string): void {
  if (value.trim() === '') throw refused(vendor, operation, `${name} is empty`);
  // A lone surrogate cannot be written in UTF-8.
  if (!value.isWellFormed()) throw refused(vendor, operation, `${name} is not well-formed Unicode`);
}

/** Refuses what a server could not read as a 32-bit integer. */
export function requireInteger(vendor: VendorTexts, operation: string, name: string, value: number): void {
  if ((value | 0) !== value) throw refused(vendor, operation, `${name} is not a 32-bit integer`);
}

function refused(vendor: VendorTexts, operation: string, reason: string): Refused {
  return new Refused(
    `${vendor.title} ${operation} was not sent: ${reason}.`,
    'Check this user in the roster.',
    { vendor: vendor.name, operation, remedy: 'fail-user' },
  );
}
