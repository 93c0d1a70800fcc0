import type { VendorTexts } from '../vendor-texts.ts';

/** What a failure is about, for its message. */
export interface Subject {
  readonly vendor: VendorTexts;
  readonly operation: string;
  /** `Pointsharp ID GET Device for kari failed`; the reason follows. */
  readonly what: string;
  /** The address of the API, as configured. */
  readonly address: string;
}
