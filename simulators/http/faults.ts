import { chance, createRandom } from '../people/random.ts';

/**
 * `status`, `html`, `reset` and `silence` come instead of the operation; `garbage`, `truncated` and `reset-mid-body`
 * spoil the answer of an operation that was carried out; `delay` comes before it.
 */
export const faultKinds = [
  'status',
  'html',
  'reset',
  'silence',
  'garbage',
  'truncated',
  'reset-mid-body',
  'delay',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** The status of `status` (default 500) and `html` (default 502). */
  readonly status?: number;
  /** Further headers of `status` and `html`, such as Retry-After. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long `delay` waits. */
  readonly delayMs?: number;
  /** To how many of the requests it happens, 0 to 1 (default 1); which ones follows from the seed. */
  readonly share?: number;
  /** Only to so many of the next matching requests; without it, until it is removed. */
  readonly count?: number;
  /** Only to this operation, such as `GET Device`. */
  readonly operation?: string;
  /** Only to requests about this user. */
  readonly username?: string;
  /** Whether the vendor does what was asked although the answer goes wrong; the default follows from the kind. */
  readonly carriedOut?: boolean;
}

/** What happens to one request. */
export interface Trouble {
  readonly delayMs: number;
  readonly fault?: Fault;
}

/** The faults of one vendor. */
export interface Faults {
  /** Adds a fault and says by which number it can be removed. The first that fires wins; delays add up. */
  add(fault: Fault): number;
  /** Removes one fault, or all. Returns how many. */
  remove(id?: number): number;
  list(): readonly (Fault & { readonly id: number; readonly fired: number })[];
  /** How long every request takes at least. */
  latencyMs: number;
  /** What to do to a request; undefined: nothing. */
  next(operation: string, username: () => string | undefined): Trouble | undefined;
}

interface Active {
  readonly id: number;
  readonly fault: Fault;
  fired: number;
}

export function createFaults(seed: number): Faults {
  const random = createRandom(seed, 0, 50);
  let active: Active[] = [];
  let lastId = 0;

  function fires(each: Active, operation: string, username: () => string | undefined): boolean {
    const { fault } = each;
    if (fault.operation !== undefined && fault.operation.toLowerCase() !== operation.toLowerCase())
      return false;
    if (fault.username !== undefined && fault.username !== username()) return false;
    if (fault.share !== undefined && !chance(random, fault.share)) return false;
    each.fired += 1;
    return true;
  }

  const faults: Faults = {
    latencyMs: 0,
    add(fault) {
      lastId += 1;
      active.push({ id: lastId, fault, fired: 0 });
      return lastId;
    },
    remove(id) {
      const before = active.length;
      active = id === undefined ? [] : active.filter((each) => each.id !== id);
      return before - active.length;
    },
    list: () => active.map(({ id, fault, fired }) => ({ id, ...fault, fired })),
    next(operation, username) {
      if (active.length === 0) return faults.latencyMs > 0 ? { delayMs: faults.latencyMs } : undefined;
      let delayMs = faults.latencyMs;
      for (const each of active) {
        if (each.fault.count !== undefined && each.fired >= each.fault.count) continue;
        if (!fires(each, operation, username)) continue;
        delayMs += each.fault.delayMs ?? 0;
        if (each.fault.kind !== 'delay') return { delayMs, fault: each.fault };
      }
      return { delayMs };
    },
  };
  return faults;
}

/** Whether the operation is carried out under this fault. */
export function isCarriedOut(fault: Fault): boolean {
  return (
    fault.carriedOut ??
    (fault.kind === 'garbage' || fault.kind === 'truncated' || fault.kind === 'reset-mid-body')
  );
}
