import { countEvents, countWindows } from '../../../simulators/control/facts.ts';
import type { Simulators } from '../../../simulators/simulators.ts';
import type { CommandContext } from '../context.ts';
import { printLine, style } from '../terminal/output.ts';

/** What the simulated vendors counted. */
export interface DemoFacts {
  /** Expired and waiting device windows of the users of the roster. */
  readonly windows: { readonly before: number; readonly after: number };
  /** Warnings that the vendor sends to users of the roster within a day, without the runs and with them. */
  readonly notificationsNextDay: { readonly without: number; readonly with: number };
}

/** Expired and waiting device windows that are there now. */
export function countPurgeableWindows({ pointsharp }: Simulators): number {
  const { expired, waiting } = countWindows(pointsharp.world).roster;
  return expired + waiting;
}

/** Warnings that were sent since the start, and those that would be sent from now on until a moment. */
export function countNotifications({ pointsharp }: Simulators, untilMs: number): number {
  return countEvents(pointsharp.world, untilMs).notifications.roster;
}

/** Prints the facts and what to try next. */
export function printFacts(context: CommandContext, { windows, notificationsNextDay }: DemoFacts): void {
  printLine(context, style(context, 'bold', 'What the simulated vendors counted'));
  printLine(context, `expired and waiting device windows: ${windows.before} before, ${windows.after} now`);
  const { without, with: left } = notificationsNextDay;
  printLine(
    context,
    `warnings sent to users in the next 24 hours: ${without} without caretaker, ${left} with it`,
  );
  printLine(context, 'The rest go to devices that nobody uses or that fail: those are meant to time out.');
  printLine(context);
  printLine(context, style(context, 'bold', 'Try next'));
  printLine(context, 'npm run --silent caretaker -- simulate          simulate both vendors on fixed ports');
  printLine(
    context,
    'npm run --silent caretaker -- explain <user>    show what would be done to a user, and why',
  );
  printLine(
    context,
    'npm run --silent caretaker -- run <job>         run a job on your own systems; it observes unless told to enforce',
  );
  printLine(context, 'README.md describes how to configure and deploy it.');
}
