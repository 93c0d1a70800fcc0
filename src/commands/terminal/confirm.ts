import { createInterface } from 'node:readline/promises';
import { errorCode } from '../../domain/system-error.ts';
import { printable } from '../../security/escape.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';

/** @throws UsageError when nobody can be asked */
export function requireTerminal(context: CommandContext, question: string): void {
  if (context.input.isTTY) return;
  throw new UsageError(
    `This command asks for confirmation, and standard input is not a terminal: ${question}`,
    'Add --yes to confirm, or --dry-run to see what it would do.',
  );
}

/** Asks before a write. @throws UsageError when nobody typed yes, or nobody can be asked */
export async function confirm(context: CommandContext, question: string): Promise<void> {
  requireTerminal(context, question);
  const line = await readLine(context, `${printable(question)} Type yes to continue: `);
  if (line.trim().toLowerCase() !== 'yes') {
    throw new UsageError('Nothing was changed.', 'Type yes, or add --yes, to confirm.');
  }
}

/** The line that was typed; an empty one after Ctrl+C or Ctrl+D. */
async function readLine(context: CommandContext, question: string): Promise<string> {
  const terminal = createInterface({ input: context.input, output: context.errors });
  try {
    return await terminal.question(question);
  } catch (error) {
    if (errorCode(error) !== 'ABORT_ERR') throw error;
    context.errors.write('\n');
    return '';
  } finally {
    terminal.close();
  }
}
