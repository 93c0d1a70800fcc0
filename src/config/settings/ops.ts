import * as kind from '../kinds/index.ts';
import { setting } from './setting.ts';

/** `OPS_…`: the server of probes, metrics and console. */
export const opsSettings = {
  port: setting(kind.integer(0, 65_535), {
    doc: 'Port of the probes, the metrics and the console. 0 takes a free port. Left out, there is no such server.',
  }),
  host: setting(kind.text, {
    doc: 'Address to listen on.',
    fallback: '0.0.0.0',
  }),
  consoleSecret: setting(kind.secretText, {
    doc: 'Secret for the console: the password of any user, or a bearer token. Left out, there is no console.',
    secret: 'whole',
  }),
  queuesWritable: setting(kind.flag, {
    doc: 'Whether Bull Board, at /queues, may change the queues. Otherwise it only shows them.',
    fallback: 'false',
  }),
};

/** `OTEL_…`: traces. Names and meanings are those of OpenTelemetry, which reads a few more by itself. */
export const otelSettings = {
  exporterOtlpEndpoint: setting(kind.collectorUrl, {
    doc: 'OpenTelemetry collector that receives the traces (OTLP over HTTP, JSON, at /v1/traces under this address). Left out, nothing is traced.',
  }),
  exporterOtlpTracesEndpoint: setting(kind.collectorUrl, {
    doc: 'The complete address for traces, in place of OTEL_EXPORTER_OTLP_ENDPOINT.',
  }),
  exporterOtlpHeaders: setting(kind.headerPairs, {
    doc: 'Headers for the collector, such as its token.',
    secret: 'whole',
  }),
  exporterOtlpTracesHeaders: setting(kind.headerPairs, {
    doc: 'More headers, for traces only.',
    secret: 'whole',
  }),
  exporterOtlpTimeout: setting(kind.integer(1), {
    doc: 'Milliseconds that an export may take. More than 5000 counts as 5000, because the end of a process waits for it.',
    fallback: '3000',
  }),
  exporterOtlpCertificate: setting(kind.file, {
    doc: 'PEM file of the certificate authorities to trust for the collector, in place of those of the system.',
  }),
  exporterOtlpClientCertificate: setting(kind.file, {
    doc: 'PEM file of the client certificate for the collector.',
  }),
  exporterOtlpClientKey: setting(kind.file, { doc: 'PEM file of the private key of that certificate.' }),
  serviceName: setting(kind.text, {
    doc: 'Name under which the traces appear. Left out, it is the one in OTEL_RESOURCE_ATTRIBUTES, or device-caretaker.',
  }),
  tracesSampler: setting(
    kind.oneOf(
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ),
    {
      doc: 'Which runs are traced. A run is traced with all its requests, or not at all.',
      fallback: 'parentbased_always_on',
    },
  ),
  tracesSamplerArg: setting(kind.share, {
    doc: 'Share of the runs that a sampler by ratio traces.',
    fallback: '1',
  }),
};
