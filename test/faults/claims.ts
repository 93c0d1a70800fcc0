import type { Simulators } from '../../simulators/simulators.ts';
import type { Report } from '../../src/runs/report.ts';

/** What a scenario has to tell, for one printed line. */
export type Figures = Readonly<Record<string, number | string>>;

/** @throws Error with `otherwise` when it does not hold */
export function claim(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** Everybody has one place in the report, every action has one, and the run was completed. */
export function claimSums(report: Report, users: number): void {
  claimPlaces(report, users);
  claim(
    report.run.status === 'completed',
    `run ${report.run.id} is ${report.run.status} (${report.run.reason}), not completed`,
  );
  const lost = report.users.notReached + report.actions.notReached;
  claim(lost === 0, `run ${report.run.id} did not reach everything: ${JSON.stringify(report)}`);
}

/** Everybody has one place in the report, and every action has one. */
export function claimPlaces({ run, users, actions }: Report, selected: number): void {
  const places = users.inspected + users.failed + users.notReached;
  claim(
    users.selected === selected && places === selected,
    `run ${run.id}: of ${selected} users ${users.selected} were selected and ${places} have a place`,
  );
  const done = actions.applied + actions.skipped + actions.failed + actions.notReached;
  claim(
    done === actions.planned,
    `run ${run.id}: ${actions.planned} actions were planned and ${done} have a place`,
  );
}

/**
 * The vendor's own count of writes against the report. Not simply equal: a write whose answer was lost is counted as
 * `repeated` when it is tried again, and so is all that a killed worker had begun since it last wrote down how far it
 * was; whether these first tries went through, only the vendor knows.
 */
export function claimWrites({ run, actions, repeated }: Report, written: number): void {
  claim(
    actions.applied <= written && written <= actions.applied + repeated,
    `run ${run.id}: the vendor counted ${written} writes, the report ${actions.applied} applied and ${repeated} repeated`,
  );
}

/** Writes that the simulated Pointsharp carried out. */
export function writesOf(simulators: Simulators, ...operations: readonly string[]): number {
  const { writesApplied } = simulators.pointsharp.traffic.facts();
  return operations.reduce((sum, operation) => sum + (writesApplied[operation] ?? 0), 0);
}

export const purges = ['DELETE Device/Windows/Expired', 'DELETE Device/Windows/Waiting'] as const;
export const refreshes = ['PUT Device/UpdateTime'] as const;
