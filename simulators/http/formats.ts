import type { Clock } from '../clock.ts';

/** How answers are written that vendors and the gateways before them write in several ways. May be changed at any time. */
export interface Formats {
  /** An empty list: `[]`, `null`, 200 without a body, or 204. */
  emptyList: 'array' | 'null' | 'no-body' | 'no-content';
  /** Dates: as .NET writes them today, `/Date(…)/` as it did before, a bare date, or epoch seconds. */
  dates: 'iso' | 'dotnet-json' | 'bare' | 'epoch';
  /** The header Date: of this machine, of the simulated clock, or none. */
  dateHeader: 'real' | 'simulated' | 'none';
}

/** As both vendors document them. */
export function documentedFormats(): Formats {
  return { emptyList: 'array', dates: 'iso', dateHeader: 'real' };
}

/** The header Date that these formats give an answer. */
export function dateHeader({ dateHeader: of }: Formats, clock: Clock): string | undefined {
  if (of === 'none') return undefined;
  return new Date(of === 'real' ? Date.now() : clock.now()).toUTCString();
}
