import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { errorCode, systemErrorText } from '../../domain/system-error.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The environment over a dotenv file in the working directory: a variable that is set wins.
 *
 * @throws UsageError when the file is there and cannot be read
 */
export function readEnvironment(): CommandContext['environment'] {
  try {
    return { ...parseEnv(readFileSync('.env', 'utf8')), ...process.env };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return process.env;
    throw new UsageError(
      `The file .env in the working directory cannot be read: ${systemErrorText(error)}.`,
      'Correct its permissions, remove it, or start in another directory.',
    );
  }
}
