import { compareVersions } from 'compare-versions';

/** More of a text is not looked at: vendors' texts are short, and a hostile one must not cost time. */
const longestText = 80;

/** Reads the version out of a text as vendors write it: `10.2.1`, `v10.2`, `11.1.13 (456)`. */
export function readVersion(text: string | null): string | undefined {
  return /^\s*v?(\d+(?:\.\d+){0,3})(?=$|[\s(+-])/i.exec((text ?? '').slice(0, longestText))?.[1];
}

/** Reads an operating system with its version: `iOS 17.1`, `iOS v10.2`, `Android 9`; the name in lower case. */
export function readOperatingSystem(
  text: string | null,
): { readonly name: string; readonly version: string } | undefined {
  const found = /^\s*([a-z][a-z ]*?)\s*v?(\d+(?:\.\d+){0,3})(?=$|[\s(+-])/i.exec(
    (text ?? '').slice(0, longestText),
  );
  const [, name, version] = found ?? [];
  return name && version ? { name: name.toLowerCase(), version } : undefined;
}

/** Whether a version (up to four numbers) is lower than another, number by number: 10.2.7 < 10.2.10. */
export function isLower(version: string, than: string): boolean {
  return compareVersions(version, than) < 0;
}
