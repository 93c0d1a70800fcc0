import { describePause, type Pause } from '../../queue/records/pauses.ts';
import type { CommandContext } from '../context.ts';
import { printLine } from './output.ts';

/** Prints who paused what, when and why, and how to end it. */
export function printPause(context: CommandContext, pause: Pause): void {
  const { problem, advice } = describePause(pause);
  printLine(context, `${problem} ${advice}`);
}
