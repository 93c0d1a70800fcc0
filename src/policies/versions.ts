import { compareVersions } from 'compare-versions';

/** More of a text is not looked at: vendors' texts are short, and a hostile one must not cost time. */
const longestText = 80;

/** So many texts are remembered: of a million phones there are a few dozen, and each rule reads them again. */
const mostRemembered = 1_000;

/** Remembers what was read of each text. */
function remembered<Read>(read: (text: string) => Read): (text: string | null) => Read {
  const known = new Map<string, { readonly read: Read }>();
  return (whole) => {
    const text = (whole ?? '').slice(0, longestText);
    const before = known.get(text);
    if (before) return before.read;
    if (known.size >= mostRemembered) known.clear();
    const now = { read: read(text) };
    known.set(text, now);
    return now.read;
  };
}

/** Reads the version out of a text as vendors write it: `10.2.1`, `v10.2`, `11.1.13 (456)`. */
export const readVersion = remembered(
  (text): string | undefined => /^\s*v?(\d+(?:\.\d+){0,3})(?=$|[\s(+-])/i.exec(text)?.[1],
);

/** An operating system; its name in lower case. */
interface OperatingSystem {
  readonly name: string;
  readonly version: string;
}

/** Reads an operating system with its version: `iOS 17.1`, `iOS v10.2`, `Android 9`. */
export const readOperatingSystem = remembered((text): OperatingSystem | undefined => {
  const found = /^\s*([a-z][a-z ]*?)\s*v?(\d+(?:\.\d+){0,3})(?=$|[\s(+-])/i.exec(text);
  const [, name, version] = found ?? [];
  return name && version ? { name: name.toLowerCase(), version } : undefined;
});

/** Whether a version (up to four numbers) is lower than another, number by number: 10.2.7 < 10.2.10. */
export function isLower(version: string, than: string): boolean {
  return compareVersions(version, than) < 0;
}
