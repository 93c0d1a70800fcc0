import type { Defence } from './defence.ts';
import { queueDefences } from './entries/queue.ts';

/** Every defence that SECURITY.md claims, and that can be taken out. */
export const defences: readonly Defence[] = [...queueDefences];
