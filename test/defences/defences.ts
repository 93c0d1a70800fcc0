import type { Defence } from './defence.ts';
import { decisionDefences } from './entries/decisions.ts';
import { deploymentDefences } from './entries/deployment.ts';
import { opsDefences } from './entries/ops.ts';
import { queueDefences } from './entries/queue.ts';
import { redisDefences } from './entries/redis.ts';
import { rosterDefences } from './entries/roster.ts';
import { secretDefences } from './entries/secrets.ts';
import { stolenRedisDefences } from './entries/stolen-redis.ts';
import { terminalDefences } from './entries/terminal.ts';
import { vendorDefences } from './entries/vendors.ts';

/** Every defence that SECURITY.md claims, and that can be taken out. */
export const defences: readonly Defence[] = [
  ...queueDefences,
  ...redisDefences,
  ...stolenRedisDefences,
  ...vendorDefences,
  ...decisionDefences,
  ...rosterDefences,
  ...secretDefences,
  ...terminalDefences,
  ...opsDefences,
  ...deploymentDefences,
];
