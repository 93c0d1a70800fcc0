import fc from 'fast-check';

/** Any text at all, control characters and broken pairs included. */
export const garbage: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 127 }), fc.integer({ min: 0, max: 0xffff })))
  .map((codes) => String.fromCharCode(...codes));
