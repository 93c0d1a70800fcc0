import { PassThrough } from 'node:stream';
import { DateTime } from 'luxon';
import type { CommandContext } from '../../src/commands/context.ts';

/** A context onto streams in memory, and what was written to them. */
export interface MemoryStreams {
  readonly context: CommandContext;
  output(): string;
  errors(): string;
}

/** Opens a context whose streams are a terminal or not. */
export function openStreams(
  terminal: boolean,
  environment: CommandContext['environment'] = {},
): MemoryStreams {
  const output = stream(terminal);
  const errors = stream(terminal);
  return {
    context: {
      environment,
      now: () => DateTime.utc(),
      input: stream(terminal),
      output,
      errors,
      name: 'test',
      account: { user: 'test', host: 'localhost' },
      onStopSignal: () => () => {},
      exit(code) {
        throw new Error(`the process would end with ${code}`);
      },
    },
    output: () => String(output.read() ?? ''),
    errors: () => String(errors.read() ?? ''),
  };
}

function stream(isTTY: boolean): PassThrough & { readonly isTTY: boolean } {
  return Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
}

/** What no stream but a terminal may get: it begins every control sequence. */
export const escapeCode = String.fromCharCode(27);
