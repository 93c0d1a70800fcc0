import { compareVersions } from 'compare-versions';
import { remembered } from '../domain/remembered.ts';

/** More of a text is not looked at: vendors' texts are short, and a hostile one must not cost time. */
const longestText = 80;

function shortened(text: string | null): string {
  return (text ?? '').slice(0, longestText);
}

/** Reads the version out of a text as vendors write it: `10.2.1`, `v10.2`, `11.1.13 (456)`. */
export const readVersion = remembered(
  (text: string | null) => /^\s*v?(\d+(?:\.\d+){0,3})(?=$|[\s(+-])/i.exec(shortened(text))?.[1],
  shortened,
);

/** An operating system; its name in lower case. */
interface OperatingSystem {
  readonly name: string;
  readonly version: string;
}

/** Reads an operating system with its version: `iOS 17.1`, `iOS v10.2`, `Android 9`. */
export const readOperatingSystem = remembered((text: string | null): OperatingSystem | undefined => {
  const found = /^\s*([a-z][a-z ]*?)\s*v?(\d+(?:\.\d+){0,3})(?=$|[\s(+-])/i.exec(shortened(text));
  const [, name, version] = found ?? [];
  return name && version ? { name: name.toLowerCase(), version } : undefined;
}, shortened);

/** Whether a version (up to four numbers) is lower than another, number by number: 10.2.7 < 10.2.10. */
export function isLower(version: string, than: string): boolean {
  return compareVersions(version, than) < 0;
}
