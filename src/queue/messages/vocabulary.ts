import { z } from 'zod';
import type { Mode as ModeName } from '../../config/config.ts';
import type { RunStatus as RunStatusName, Trigger as TriggerName } from '../../runs/report.ts';

/* Words that several messages have in common. */

export const Mode = z.enum(['observe', 'enforce']) satisfies z.ZodType<ModeName>;
export const Trigger = z.enum(['schedule', 'queue', 'command', 'console']) satisfies z.ZodType<TriggerName>;
export const RunStatus = z.enum([
  'completed',
  'held',
  'stopped',
  'skipped',
  'failed',
]) satisfies z.ZodType<RunStatusName>;
