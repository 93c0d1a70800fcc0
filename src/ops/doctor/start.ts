import type { Line } from './check.ts';
import { awayCheck } from './roster/roster.ts';

/** What has to be right before a process starts. All else may come right while it runs. */
const gates = ['configuration', 'redis', 'roster', 'versions'];

/**
 * The lines as they count for the start of a pod. A vendor that is down is then a warning: a worker that was drained has
 * to come back during an outage, and a run waits for the vendor by itself.
 */
export function linesForStart(lines: readonly Line[]): readonly Line[] {
  return lines.map((line) =>
    line.health === 'fail' && !isGate(line) ? { ...line, health: 'warn', startsAnyway: true } : line,
  );
}

/**
 * A million users take 1.6 s of processor time to count: on a busy node that is no reason not to start. Nor is a source of
 * the roster that is down: a run reads it again.
 */
function isGate({ subject, check }: Line): boolean {
  return gates.includes(subject) && !(subject === 'roster' && (check === 'time' || check === awayCheck));
}
