import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { leastEnvironment } from '../environments.ts';

function load(environment: Record<string, string>) {
  return loadConfig({ ...leastEnvironment, ...environment }, [], DateTime.utc(2026));
}

describe('The settings of traces', () => {
  it('the settings of traces send nothing of themselves, and leave other variables of OpenTelemetry alone', () => {
    const { traces } = load({ OTEL_BSP_SCHEDULE_DELAY: '7', OTEL_EXPORTER_OTLP_ENDPONT: 'x' });
    expect(traces.exporterOtlpEndpoint).toBeUndefined();
    expect(traces.exporterOtlpTracesEndpoint).toBeUndefined();
  });

  it('the settings of traces read headers as OpenTelemetry writes them, and keep their values out of every output', () => {
    const { traces, secrets } = load({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abcdefgh%3D%3D, x-tenant = 7',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=ijklmnop',
    });
    expect([...(traces.exporterOtlpHeaders ?? [])]).toEqual([
      ['authorization', 'Bearer abcdefgh=='],
      ['x-tenant', '7'],
    ]);
    // A tenant's number may stand anywhere; to take it out would make every output unreadable.
    expect(secrets).toEqual(expect.arrayContaining(['Bearer abcdefgh==', 'abcdefgh==', 'ijklmnop']));
    expect(secrets).not.toContain('7');
  });

  it.each(['authorization', '=x', 'a=%E0%A4%A', 'a=%0A', ' , '])(
    'the settings of traces refuse the headers %j',
    (text) => {
      expect(() => load({ OTEL_EXPORTER_OTLP_HEADERS: text })).toThrow(
        /OTEL_EXPORTER_OTLP_HEADERS: expected name=value pairs .*; found something else, which is not shown/,
      );
    },
  );

  it.each([
    'collector:4318',
    'grpc://collector:4317',
    'https://user:hidden99@collector',
    'http://collector?key=hidden99',
  ])('the settings of traces refuse the collector %s', (url) => {
    const read = () => load({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
    expect(read).toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT: expected an http or https address/);
    expect(read).not.toThrow(/hidden99/);
  });
});
