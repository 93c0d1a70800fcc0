import { readFileSync } from 'node:fs';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { TracesConfig } from '../../config/config.ts';

/** The end of a process waits for the last spans, but no longer than this, whatever is configured. */
const longestTimeoutMs = 5000;

/** How long sending may take, retries included. */
export function timeoutMs({ exporterOtlpTimeout }: TracesConfig): number {
  return Math.min(exporterOtlpTimeout, longestTimeoutMs);
}

/** Sends spans to the collector; a failure is logged once, until the collector accepts spans again. */
export function createExporter(config: TracesConfig, log: Logger): SpanExporter {
  const url = addressOf(config);
  const exporter = new OTLPTraceExporter({
    url,
    headers: {
      ...Object.fromEntries(config.exporterOtlpHeaders ?? []),
      ...Object.fromEntries(config.exporterOtlpTracesHeaders ?? []),
    },
    timeoutMillis: timeoutMs(config),
    // The exporter's own limit begins only once there is a connection.
    httpAgentOptions: { keepAlive: true, timeout: timeoutMs(config), ...tlsOf(config) },
  });
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS;
        if (failed && !failing) {
          const reason = result.error?.message || 'no response';
          log.warn({ collector: url, reason }, 'traces are lost: the collector does not accept them');
        }
        if (!failed && failing) log.info('the collector accepts traces again');
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
}

function addressOf({ exporterOtlpEndpoint, exporterOtlpTracesEndpoint }: TracesConfig): string {
  if (exporterOtlpTracesEndpoint) return exporterOtlpTracesEndpoint.href;
  const base = exporterOtlpEndpoint?.href ?? '';
  return `${base.replace(/\/$/, '')}/v1/traces`;
}

function tlsOf(config: TracesConfig) {
  const read = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path));
  const [ca, cert, key] = [
    read(config.exporterOtlpCertificate),
    read(config.exporterOtlpClientCertificate),
    read(config.exporterOtlpClientKey),
  ];
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}
