import { createRequire } from 'node:module';

/** The version of BullMQ that is installed. */
export function engineVersion(): string {
  return String(createRequire(import.meta.url)('bullmq/package.json').version);
}
