/** So many are remembered: of a million phones there are a few dozen kinds. */
const mostRemembered = 1_000;
/** What a hostile vendor makes long is worked out each time, in characters. */
const longestKey = 500;

/** Works out once what follows from each of a few things that come again and again; `keyOf` tells them apart. */
export function remembered<Thing, Read>(
  read: (thing: Thing) => Read,
  keyOf: (thing: Thing) => string,
): (thing: Thing) => Read {
  const known = new Map<string, { readonly read: Read }>();
  return (thing) => {
    const key = keyOf(thing);
    const before = known.get(key);
    if (before) return before.read;
    const now = { read: read(thing) };
    if (key.length > longestKey) return now.read;
    if (known.size >= mostRemembered) known.clear();
    known.set(key, now);
    return now.read;
  };
}
