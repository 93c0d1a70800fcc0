import type { Config } from '../../config/config.ts';
import { describePause, type Pause } from '../../queue/records/pauses.ts';
import type { CommandContext } from '../context.ts';
import { printLine } from './output.ts';

/** Prints who paused what, when and why, and how to end it. */
export function printPause(
  context: CommandContext,
  { timeZone }: Pick<Config, 'timeZone'>,
  pause: Pause,
): void {
  const { problem, advice } = describePause(pause, timeZone);
  printLine(context, `${problem} ${advice}`);
}
