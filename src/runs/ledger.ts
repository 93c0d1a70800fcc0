/** What a batch still has to do. Plain data, so that it can be kept between two attempts. */
export interface Ledger {
  /** Indexes of the items that are not done. */
  readonly pending: Set<number>;
  /** How often the vendor failed at an item, by its index. */
  readonly strikes: Map<number, number>;
  /** How often an item was tried without it being known whether that went through, by its index. */
  readonly doubts: Map<number, number>;
}

/** Notes that an item was tried and nobody knows how that ended. */
export function doubt({ doubts }: Ledger, index: number): void {
  doubts.set(index, (doubts.get(index) ?? 0) + 1);
}

/** A ledger with everything still to do. */
export function openLedger(items: number): Ledger {
  const indexes = Array.from({ length: items }, (_, index) => index);
  return { pending: new Set(indexes), strikes: new Map(), doubts: new Map() };
}
