import type { DiagLogger } from '@opentelemetry/api';
import type { Logger } from 'pino';

/** Logs each warning of OpenTelemetry once, numbers in it aside: some come with every batch of spans. */
export function warnOnce(log: Logger): DiagLogger {
  const logged = new Set<string>();
  return {
    warn(warning) {
      const kind = warning.replace(/\d+/g, '#');
      if (logged.has(kind)) return;
      logged.add(kind);
      log.warn({ warning }, 'OpenTelemetry warning');
    },
    // The exporter logs itself that spans could not be sent.
    error() {},
    info() {},
    debug() {},
    verbose() {},
  };
}
