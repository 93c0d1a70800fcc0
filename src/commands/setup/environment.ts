import { readFileSync } from 'node:fs';
import { readDotenv } from '../../config/dotenv.ts';
import { isServiceLink } from '../../config/settings/service-link.ts';
import { exitCodes } from '../../domain/exit-codes.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { errorCode, systemErrorText } from '../../domain/system-error.ts';
import type { CommandContext } from '../context.ts';

/** A file `.env` that cannot be used. Its problem may have a line for each line of the file. */
export class DotenvError extends OperatorError {
  override readonly name = 'DotenvError';

  /**
   * @param problem what is wrong with the file: `cannot be read: …`
   * @param advice what to do now: whole sentences
   */
  constructor(problem: string, advice: string) {
    super({
      problem: `The file .env in the working directory ${problem}`,
      advice,
      exitCode: exitCodes.usage,
    });
  }
}

/**
 * The environment over a dotenv file in the working directory: a variable that is set wins.
 *
 * @throws DotenvError when the file is there and cannot be used
 */
export function readEnvironment(): CommandContext['environment'] {
  const bytes = readIfThere();
  if (!bytes) return process.env;
  const dotenv = readDotenv(bytes);
  if ('problem' in dotenv) throw new DotenvError(dotenv.problem, dotenv.advice);
  // Nobody has set what Kubernetes adds for a service: it hides nothing.
  const set = Object.entries(process.env).filter(([name, value]) => !isServiceLink(name, value));
  return { ...dotenv.variables, ...Object.fromEntries(set) };
}

function readIfThere(): Uint8Array | undefined {
  try {
    return readFileSync('.env');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new DotenvError(
      `cannot be read: ${systemErrorText(error)}.`,
      'Correct its permissions, remove it, or start in another directory.',
    );
  }
}
