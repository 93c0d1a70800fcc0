/** What the gate looks at, once everything is planned and before anything is written. */
export interface GateFacts {
  readonly selected: number;
  /** Users with at least one action. */
  readonly touched: number;
  readonly planned: number;
}

export interface GateLimits {
  readonly maxActions: number;
  readonly maxShare: number;
}

/** Lets a run go on, or says why not; every limit that is passed is named. */
export type Verdict = { readonly pass: true } | { readonly pass: false; readonly reason: string };

/** Counts what is planned against the limits of the job. */
export function gate(facts: GateFacts, limits: GateLimits): Verdict {
  const reasons: string[] = [];
  if (facts.selected === 0) {
    reasons.push(
      'the roster has no user; an empty roster is taken for a fault of its source, so check CARETAKER_ROSTER',
    );
  }
  if (facts.planned > limits.maxActions) {
    reasons.push(
      `${facts.planned} actions are planned, at most ${limits.maxActions} are allowed (MAX_ACTIONS)`,
    );
  }
  if (facts.selected > 0 && facts.touched / facts.selected > limits.maxShare) {
    reasons.push(
      `${facts.touched} of ${facts.selected} users would be touched, more than the share of ${limits.maxShare} that is allowed (MAX_SHARE)`,
    );
  }
  return reasons.length === 0 ? { pass: true } : { pass: false, reason: reasons.join('; ') };
}
