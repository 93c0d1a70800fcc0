import fc from 'fast-check';

const surrogates = 0x800;
const firstSurrogate = 0xd800;

/** Any character of Unicode. The library's own such unit takes over a second to set up. */
const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff - surrogates })
  .map((code) => String.fromCodePoint(code < firstSurrogate ? code : code + surrogates));
const awkwardCharacter = fc.constantFrom(...'+&#/%\'"?=;:@ åöß\\<>\u0000\n');

/** Well-formed text of any characters, with more of those that are special in an address, in HTML and in JSON. */
export function anyText(minLength: number, maxLength = 20): fc.Arbitrary<string> {
  return fc.string({
    unit: fc.oneof(anyCharacter, awkwardCharacter, fc.constantFrom('a', 'B', '7')),
    minLength,
    maxLength,
  });
}
