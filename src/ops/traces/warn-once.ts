import type { DiagLogger } from '@opentelemetry/api';
import type { Logger } from 'pino';

/** Logs each warning of OpenTelemetry once, numbers in it aside: some come with every batch of spans. */
export function warnOnce(log: Logger): DiagLogger {
  const told = new Set<string>();
  return {
    warn(warning) {
      const kind = warning.replace(/\d+/g, '#');
      if (told.has(kind)) return;
      told.add(kind);
      log.warn({ warning }, 'traces warning');
    },
    // That spans could not be sent is told by the exporter, once until it is over.
    error() {},
    info() {},
    debug() {},
    verbose() {},
  };
}
