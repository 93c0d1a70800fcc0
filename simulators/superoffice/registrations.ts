import { chance, createRandom, mix, next, pick, type Random, shareOf } from '../people/random.ts';

/** A Pocket registration with the keys of the vendor's sample, in its order. The real one types Platform as a string enum. */
export interface Registration {
  readonly DeviceName: string | null;
  readonly DeviceIdentifier: string | null;
  readonly PocketVersion: string | null;
  readonly Language: string | null;
  readonly PNSHandle: string | null;
  readonly Platform: string | number | null;
  readonly OSVersion: string | null;
  readonly TimeZoneId: number | null;
}

const registrationQuestion = 40;
const pairQuestion = 41;
const sharedHandleQuestion = 42;
const counts = [0, 0, 1, 1, 1, 1, 1, 2, 2, 3] as const;

const versions = [
  '11.1.13',
  '11.1.13',
  '11.1.13',
  '10.2.10',
  '10.2.10',
  '10.2.7',
  '10.0.1',
  '9.1.6',
  '8.0.37',
  '8.5.2',
  'beta-build',
  '',
  null,
] as const;
const languages = ['nb-NO', 'sv-SE', 'en-US', 'da-DK', null] as const;
const applePlatforms = ['Apple', 'Apple', 'Apple', 'Apple', 'Apple', 'AppleDeveloper', 'AppleAdHoc'] as const;
const googlePlatforms = ['Google', 'Google', 'Google', 'Google', 'Google', 'GoogleDeveloper'] as const;
const oddPlatforms = ['Microsoft', 'Microsoft', 'Huawei', 'apple', 3, null] as const;
const appleSystems = ['iOS 17.1', 'iOS 18.4', 'iOS 16.7.2', 'iOS v10.2', 'iOS 14.8', null] as const;
const googleSystems = ['Android 14', 'Android 13', 'Android 9', 'Android 8.1', 'Android v7.0', null] as const;
const oddSystems = ['Windows Phone 8.1', 'HarmonyOS 4', '', null] as const;

/** The registrations of user `index`; users 2n and 2n+1 are a pair, of which a few share a device or a push handle. */
export function seededRegistrations(seed: number, index: number): readonly Registration[] {
  const random = createRandom(seed, index, registrationQuestion);
  const own = Array.from({ length: pick(random, counts) }, (_, slot) =>
    registration(random, `${index}-${slot}`),
  );
  const first = own[0];
  const second = own[1];
  if (first !== undefined && second !== undefined && shareOf(mix(seed, index, sharedHandleQuestion)) < 0.03) {
    own[1] = { ...second, PNSHandle: first.PNSHandle };
  }
  return sharedInPair(seed, index, own, random);
}

function sharedInPair(
  seed: number,
  index: number,
  own: readonly Registration[],
  random: Random,
): readonly Registration[] {
  const pair = index >> 1;
  const share = shareOf(mix(seed, pair, pairQuestion));
  if (share >= 0.02) return own;
  const extra = registration(random, `pair-${pair}-${index}`);
  if (share < 0.01) return [...own, { ...extra, DeviceIdentifier: `shared-device-${pair}` }];
  return [...own, { ...extra, PNSHandle: `apns:shared-handle-${pair}` }];
}

function registration(random: Random, unique: string): Registration {
  const kind = next(random);
  const [platform, system, name] =
    kind < 0.52
      ? [pick(random, applePlatforms), pick(random, appleSystems), 'iPhone']
      : kind < 0.94
        ? [pick(random, googlePlatforms), pick(random, googleSystems), "Åsa's Galaxy"]
        : [pick(random, oddPlatforms), pick(random, oddSystems), 'Lumia'];
  return {
    DeviceName: chance(random, 0.97) ? `${name} ${unique}` : null,
    DeviceIdentifier: chance(random, 0.995) ? `${name}-${unique}` : null,
    PocketVersion: pick(random, versions),
    Language: pick(random, languages),
    PNSHandle: pushHandle(random, unique),
    Platform: platform,
    OSVersion: system,
    TimeZoneId: chance(random, 0.95) ? 857 : 0,
  };
}

function pushHandle(random: Random, unique: string): string | null {
  if (chance(random, 0.88)) return `push:${Math.floor(next(random) * 0xffff_ffff).toString(16)}-${unique}`;
  return chance(random, 0.5) ? null : '';
}
