import type { Logger } from 'pino';
import type { TracesConfig } from '../config/config.ts';
import type { Tracing } from '../queue/tracing.ts';

/**
 * Starts tracing, once per process; undefined when no collector is set: then nothing of OpenTelemetry is loaded.
 *
 * @param clock epoch milliseconds, as exact as the machine's
 */
export async function openTraces(
  config: TracesConfig,
  log: Logger,
  clock: () => number,
): Promise<Tracing | undefined> {
  if (!config.exporterOtlpEndpoint && !config.exporterOtlpTracesEndpoint) return undefined;
  const { startTraces } = await import('./traces/start.ts');
  return startTraces(config, log, clock);
}
