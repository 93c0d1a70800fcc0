import { PassThrough } from 'node:stream';
import { DateTime } from 'luxon';
import type { Door } from '../../src/commands/context.ts';

/** A door onto streams in memory, and what was written to them. */
export interface StreamDoor {
  readonly door: Door;
  output(): string;
  errors(): string;
}

/** Opens a door whose streams are a terminal or not. */
export function openStreams(terminal: boolean, environment: Door['environment'] = {}): StreamDoor {
  const output = stream(terminal);
  const errors = stream(terminal);
  return {
    door: {
      environment,
      now: () => DateTime.utc(),
      input: stream(terminal),
      output,
      errors,
      name: 'test',
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
