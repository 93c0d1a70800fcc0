import { countEvents, countWindows } from '../../../simulators/control/facts.ts';
import type { Simulators } from '../../../simulators/simulators.ts';
import type { CommandContext } from '../context.ts';
import { printLine, style } from '../terminal/output.ts';

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
export function printFacts(context: CommandContext, { windows, notificationsNextDay }: DemoFacts): void {
  printLine(context, style(context, 'bold', 'What the simulated vendors counted'));
  printLine(context, `expired and waiting device windows: ${windows.before} before, ${windows.after} now`);
  const { without, with: left } = notificationsNextDay;
  printLine(
    context,
    `warnings sent to users in the next 24 hours: ${without} without caretaker, ${left} with it`,
  );
  printLine(context, 'Those left go to devices that nobody uses, or that fail: they are meant to run out.');
  printLine(context);
  printLine(context, style(context, 'bold', 'Try next'));
  printLine(context, 'npm run caretaker -- simulate          both vendors on fixed ports, to play with');
  printLine(context, 'npm run caretaker -- explain <user>    what would be done to a user, and why');
  printLine(
    context,
    'npm run caretaker -- run <job>         a run against your own systems; observes until told to enforce',
  );
  printLine(context, 'README.md says how to configure and deploy it.');
}
