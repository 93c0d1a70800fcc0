/** Small letters, digits and signs: most names, and each is its own fold. */
const folded = /^[!-@[-~]*$/;
/** The same with capitals. Without the shorter way for both, a million names take half a second longer. */
const plain = /^[!-~]*$/;

/**
 * A name without what people do not see or do not mean: composed (NFC), without invisible characters (Unicode category
 * Cf: zero width, soft hyphens, marks of direction), without blanks around it, and whatever its case.
 */
export function fold(name: string): string {
  if (folded.test(name)) return name;
  if (plain.test(name)) return name.toLowerCase();
  // By way of capitals: "ß" and "SS", or the two small sigmas, are one.
  return name
    .replace(/\p{Cf}/gu, '')
    .normalize('NFC')
    .trim()
    .toUpperCase()
    .toLowerCase();
}
