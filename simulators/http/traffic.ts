/** What one simulated vendor has seen and done. */
export interface Traffic {
  arrived(operation: string): void;
  /** The request is about this person. */
  concerns(person: number): void;
  /** A request was answered, or given up by either side (status 0). */
  ended(status: number): void;
  faulted(kind: string): void;
  violated(operation: string, problem: string): void;
  applied(operation: string): void;
  removedAllDevices(): void;
  /** How many requests concerned this person. */
  requestsAbout(person: number): number;
  facts(): TrafficFacts;
  /** Back to zero, but for the requests in flight. */
  reset(): void;
}

type Counts = Readonly<Record<string, number>>;

export interface TrafficFacts {
  readonly requests: number;
  readonly byOperation: Counts;
  /** Status 0: no answer. */
  readonly byStatus: Counts;
  readonly faulted: Counts;
  /** Operations that changed something, or would have if there had been anything to change. */
  readonly writesApplied: Counts;
  readonly devicesRemovedAll: number;
  readonly inFlight: number;
  readonly inFlightPeak: number;
  /** Requests by second of the real clock (epoch seconds); the last hour or two. */
  readonly arrivals: Counts;
  /** Over all users of the roster, also those whom no request concerned. */
  readonly perUser: { readonly min: number; readonly max: number; readonly total: number };
  readonly violations: { readonly total: number; readonly first: readonly string[] };
}

const secondsKept = 7200;
const violationsDescribed = 20;

export function createTraffic(users: number, persons: number): Traffic {
  const byOperation = new Map<string, number>();
  const byStatus = new Map<string, number>();
  const faults = new Map<string, number>();
  const writes = new Map<string, number>();
  const arrivals = new Map<number, number>();
  const perPerson = new Uint16Array(persons);
  let inFlight = 0;
  let inFlightPeak = 0;
  let removedAll = 0;
  let violations = 0;
  let described: string[] = [];

  function countArrival(): void {
    const second = Math.floor(Date.now() / 1000);
    const seen = arrivals.get(second);
    arrivals.set(second, (seen ?? 0) + 1);
    if (seen !== undefined || arrivals.size <= secondsKept) return;
    for (const oldest of arrivals.keys()) {
      arrivals.delete(oldest);
      return;
    }
  }

  function perUser(): TrafficFacts['perUser'] {
    const counts = perPerson.subarray(0, users);
    let min = counts[0] ?? 0;
    let max = 0;
    let total = 0;
    for (const count of counts) {
      if (count < min) min = count;
      if (count > max) max = count;
      total += count;
    }
    return { min, max, total };
  }

  return {
    arrived(operation) {
      increment(byOperation, operation);
      countArrival();
      inFlight += 1;
      if (inFlight > inFlightPeak) inFlightPeak = inFlight;
    },
    concerns(person) {
      const count = perPerson[person] ?? 0;
      if (count < 0xffff) perPerson[person] = count + 1;
    },
    ended(status) {
      inFlight -= 1;
      increment(byStatus, String(status));
    },
    faulted: (kind) => increment(faults, kind),
    violated(operation, problem) {
      violations += 1;
      if (described.length < violationsDescribed) described.push(`${operation}: ${problem}`);
    },
    applied: (operation) => increment(writes, operation),
    removedAllDevices() {
      removedAll += 1;
    },
    requestsAbout: (person) => perPerson[person] ?? 0,
    facts: () => ({
      requests: byOperation.values().reduce((sum, count) => sum + count, 0),
      byOperation: Object.fromEntries(byOperation),
      byStatus: Object.fromEntries(byStatus),
      faulted: Object.fromEntries(faults),
      writesApplied: Object.fromEntries(writes),
      devicesRemovedAll: removedAll,
      inFlight,
      inFlightPeak,
      arrivals: Object.fromEntries(arrivals),
      perUser: perUser(),
      violations: { total: violations, first: [...described] },
    }),
    reset() {
      for (const counts of [byOperation, byStatus, faults, writes]) counts.clear();
      arrivals.clear();
      perPerson.fill(0);
      inFlightPeak = inFlight;
      removedAll = 0;
      violations = 0;
      described = [];
    },
  };
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
