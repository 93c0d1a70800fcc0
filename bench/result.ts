/** What a budget of docs/performance.md says of a figure. */
export interface Check {
  readonly what: string;
  readonly value: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** A chart: lines over a logarithmic axis, or bars. */
export interface Chart {
  readonly name: string;
  readonly title: string;
  readonly kind: 'bars' | 'log-log';
  readonly x: { readonly name: string; readonly values: readonly (string | number)[] };
  readonly y: string;
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** What one experiment found out. */
export interface Result {
  readonly name: string;
  readonly title: string;
  /** How it was done, for whoever reads the figures. */
  readonly how: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly checks: readonly Check[];
  readonly charts?: readonly Chart[];
}

/** Whether a figure keeps its budget. */
export function keeps({
  value,
  atLeast = Number.NEGATIVE_INFINITY,
  atMost = Number.POSITIVE_INFINITY,
}: Check): boolean {
  return value >= atLeast && value <= atMost;
}
