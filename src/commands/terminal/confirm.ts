import { createInterface } from 'node:readline/promises';
import { type CommandContext, UsageError } from '../context.ts';

/** Asks before something that cannot be undone. @throws UsageError when the answer is not yes, or nobody can be asked */
export async function confirm(
  context: CommandContext,
  question: string,
  yes: boolean | undefined,
): Promise<void> {
  if (yes) return;
  if (!context.input.isTTY)
    throw new UsageError(`${question} Nobody is there to be asked; say --yes if it is meant.`);
  const answer = await ask(context, `${question} Type yes to go on: `);
  if (answer.trim().toLowerCase() !== 'yes') throw new UsageError('Nothing was changed.');
}

/** The line that was typed; an empty one after Ctrl+C or Ctrl+D. */
async function ask(context: CommandContext, question: string): Promise<string> {
  const terminal = createInterface({ input: context.input, output: context.errors });
  try {
    return await terminal.question(question);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    context.errors.write('\n');
    return '';
  } finally {
    terminal.close();
  }
}
