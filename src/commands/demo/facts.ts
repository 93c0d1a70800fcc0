import { countEvents, countWindows } from '../../../simulators/control/facts.ts';
import type { Simulators } from '../../../simulators/simulators.ts';
import type { Door } from '../context.ts';
import { answerLine, style } from '../terminal/output.ts';

/** What the simulated vendors counted. */
export interface DemoFacts {
  /** Expired and waiting device windows of the users of the roster. */
  readonly windows: { readonly before: number; readonly after: number };
  /** Warnings that the vendor sends to users of the roster within a day, if nobody does anything and with the runs. */
  readonly notificationsNextDay: { readonly without: number; readonly with: number };
}

/** Expired and waiting device windows that are there now. */
export function purgeableWindows({ pointsharp }: Simulators): number {
  const { expired, waiting } = countWindows(pointsharp.world).roster;
  return expired + waiting;
}

/** Warnings sent since the start, up to a moment: those that went out, and behind now those that would. */
export function notifications({ pointsharp }: Simulators, untilMs: number): number {
  return countEvents(pointsharp.world, untilMs).notifications.roster;
}

/** Prints the facts and what to try next. */
export function printFacts(door: Door, { windows, notificationsNextDay }: DemoFacts): void {
  answerLine(door, style(door, 'bold', 'What the simulated vendors counted'));
  answerLine(door, `expired and waiting device windows: ${windows.before} before, ${windows.after} now`);
  const { without, with: left } = notificationsNextDay;
  answerLine(
    door,
    `warnings sent to users in the next 24 hours: ${without} without caretaker, ${left} with it`,
  );
  answerLine(door, 'Those left go to devices that nobody uses, or that fail: they are meant to run out.');
  answerLine(door);
  answerLine(door, style(door, 'bold', 'Try next'));
  answerLine(door, 'npm run caretaker -- simulate          both vendors on fixed ports, to play with');
  answerLine(door, 'npm run caretaker -- explain <user>    what would be done to a user, and why');
  answerLine(
    door,
    'npm run caretaker -- run <job>         a run against your own systems; observes until told to enforce',
  );
  answerLine(door, 'README.md says how to configure and deploy it.');
}
