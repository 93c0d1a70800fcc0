import { createInterface } from 'node:readline/promises';
import { type Door, UsageError } from './door.ts';

/** Asks before something that cannot be undone. @throws UsageError when the answer is not yes, or nobody can be asked */
export async function confirm(door: Door, question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return;
  if (!door.input.isTTY)
    throw new UsageError(`${question} Nobody is there to be asked; say --yes if it is meant.`);
  const terminal = createInterface({ input: door.input, output: door.errors });
  try {
    const answer = await terminal.question(`${question} Type yes to go on: `);
    if (answer.trim().toLowerCase() !== 'yes') throw new UsageError('Nothing was changed.');
  } finally {
    terminal.close();
  }
}
