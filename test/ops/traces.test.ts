import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { canaries } from '../commands/canaries.ts';
import { until } from '../queue/queue-fixture.ts';
import { startShipped } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { type Collector, openCollector, type SentSpan } from './collector.ts';

const users = 300;
const words = {
  OTEL_EXPORTER_OTLP_HEADERS: 'OtelKanari1Zq2',
  POINTSHARP_HEADER_VALUE: 'PshvKanari1Zq2',
  SUPEROFFICE_PASSWORD: 'SopwKanari3Zq4',
};
const cage = canaries(words);

let endToEnd: EndToEnd;
let collector: Collector;
let traced: Record<string, string>;

beforeAll(async () => {
  collector = await openCollector();
  endToEnd = await openEndToEnd({
    users,
    superofficeAuth: { kind: 'basic', username: 'caretaker', password: words.SUPEROFFICE_PASSWORD },
  });
  Object.assign(endToEnd.environment, {
    POINTSHARP_AUTH: 'header',
    POINTSHARP_HEADER_NAME: 'X-Gateway-Key',
    POINTSHARP_HEADER_VALUE: words.POINTSHARP_HEADER_VALUE,
    SUPEROFFICE_PASSWORD: words.SUPEROFFICE_PASSWORD,
    REFRESH_TIMED_DEVICES_BATCH_SIZE: '50',
  });
  traced = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${words.OTEL_EXPORTER_OTLP_HEADERS}`,
    LOG_LEVEL: 'trace',
  };
});
afterAll(async () => {
  await endToEnd.close();
  await collector.close();
});
afterEach(() => {
  const { pointsharp, superoffice } = endToEnd.simulators;
  pointsharp.faults.remove();
  pointsharp.faults.latencyMs = 0;
  for (const { traffic } of [pointsharp, superoffice]) traffic.reset();
  endToEnd.simulators.reset();
  collector.forget();
});

const refresh = ['run', 'refresh-timed-devices', '--json', '--mode', 'enforce'];
let histories = 0;
/** The world is put back after each test: a run after it would find what the one before had done undone. */
const ownHistory = () => ({ CARETAKER_PREFIX: `{traces-${++histories}}` });

function named(pattern: RegExp): SentSpan[] {
  return collector.spans.filter(({ name }) => pattern.test(name));
}

function only(pattern: RegExp): SentSpan {
  const [span, ...more] = named(pattern);
  if (!span || more.length > 0)
    throw new Error(`expected one span called ${pattern}, found ${more.length + 1}`);
  return span;
}

/** Names of the spans above, from below. */
function above(span: SentSpan): string[] {
  const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent ? [parent.name, ...above(parent)] : [];
}

const page = readFileSync(new URL('../../docs/traces.md', import.meta.url), 'utf8');
const vendorCall = /^(GET|POST|PUT|DELETE) /;

/** Nothing that was sent names a user or holds a secret. */
function expectDiscretion(): void {
  const sent = collector.bodies.join('\n');
  const { people } = endToEnd.simulators;
  const names = Array.from({ length: users }, (_, person) => people.username(person));
  const forms = names.flatMap((name) => [name, encodeURIComponent(name), JSON.stringify(name).slice(1, -1)]);
  expect(sent.length).toBeGreaterThan(1000);
  expect(forms.filter((form) => sent.includes(form))).toEqual([]);
  expect(cage.sung(sent)).toEqual([]);
  expect(collector.spans.filter(({ name }) => /[?=]/.test(name))).toEqual([]);
  expect(sent).not.toContain('username=');
  const told = new Set(collector.spans.flatMap(({ facts }) => Object.keys(facts)));
  expect([...told].filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
}

describe('the trace of a run', () => {
  it('the trace of a run holds the run, its batches and each request to the vendor, one below the other', async () => {
    const answer = await endToEnd.run(refresh, { ...traced, ...ownHistory() });
    expect(answer.code).toBe(0);
    const report = answer.json<Report>();
    expect(report.actions.applied).toBeGreaterThan(50);

    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(collector.spans.length);
    const run = only(/^run /);
    expect(run.name).toBe('run refresh-timed-devices');
    expect(run.facts).toMatchObject({
      'caretaker.run': report.run.id,
      'caretaker.mode': 'enforce',
      'caretaker.trigger': 'command',
      'caretaker.status': 'completed',
      'caretaker.users': users,
      'caretaker.actions.applied': report.actions.applied,
    });
    expect(above(run)).toEqual(['process caretaker-runs', 'add caretaker-runs.refresh-timed-devices']);

    const batches = named(/batch$/);
    expect(named(/^plan batch$/)).toHaveLength(users / 50);
    expect(named(/^canary batch$/)).toHaveLength(1);
    expect(named(/^apply batch$/).length).toBeGreaterThan(0);
    for (const batch of batches) {
      expect(above(batch).slice(0, 2)).toEqual(['process caretaker-pointsharp', run.name]);
      expect(batch.facts).toMatchObject({ 'caretaker.run': report.run.id, 'caretaker.batch.result': 'done' });
    }

    const calls = named(vendorCall);
    const { requests, byOperation } = endToEnd.simulators.pointsharp.traffic.facts();
    expect(calls).toHaveLength(requests);
    expect(requests).toBe(report.requests.pointsharp);
    for (const [operation, count] of Object.entries(byOperation)) {
      expect(calls.filter(({ name }) => name === operation)).toHaveLength(count);
    }
    for (const call of calls) {
      expect(batches.map(({ spanId }) => spanId)).toContain(call.parentSpanId);
      expect(call.facts).toMatchObject({ 'caretaker.vendor': 'pointsharp', 'caretaker.result': '2xx' });
      expect(BigInt(call.endTimeUnixNano)).toBeGreaterThan(BigInt(call.startTimeUnixNano));
    }
    expectDiscretion();
    expect(collector.resource['service.name']).toBe('device-caretaker');
  });

  it('the trace of a run tells what failed by its kind, and not about whom', async () => {
    const { people, pointsharp } = endToEnd.simulators;
    const { faults, traffic } = pointsharp;
    for (const person of [0, 1, 2]) {
      faults.add({ kind: 'garbage', username: people.username(person), count: 1 });
      faults.add({ kind: 'status', status: 400, username: people.username(100 + person), count: 1 });
    }
    // Three in a row fail in one batch, one request at a time, while another batch goes well: that is no storm.
    faults.latencyMs = 5;
    const answer = await endToEnd.run(refresh, {
      ...traced,
      ...ownHistory(),
      POINTSHARP_REQUESTS_IN_FLIGHT: '2',
    });
    expect(answer.code).toBe(1);
    expect(answer.json<Report>().users.failed).toBe(3);
    const kinds = named(vendorCall).map(({ facts }) => `${facts['caretaker.result']} ${facts['error.type']}`);
    expect(kinds.filter((kind) => kind === '4xx Refused')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === '2xx Unreadable')).toHaveLength(3);
    expect(kinds).toHaveLength(traffic.facts().requests);
    const retried = named(/^plan batch$/).filter(
      ({ facts }) => facts['caretaker.batch.result'] === 'retried',
    );
    expect(retried.length).toBeGreaterThan(0);
    expect(new Set(retried.map(({ facts }) => facts['error.type']))).toEqual(new Set(['Unreadable']));
    // Tried again they are still children of their run.
    expect(named(/^plan batch$/)).toHaveLength(users / 50 + retried.length);
    for (const batch of named(/batch$/)) expect(above(batch)[1]).toBe('run refresh-timed-devices');
    expect(only(/^run /).facts['error.type']).toBe('failures');
    expectDiscretion();
  });

  it('the trace of a run stays one while the vendor is left alone for a while', async () => {
    const { faults, traffic } = endToEnd.simulators.pointsharp;
    faults.add({ kind: 'reset', operation: 'GET Device', count: 8 });
    expect((await endToEnd.run(refresh, { ...traced, ...ownHistory() })).code).toBe(0);
    const held = named(/batch$/).filter(({ facts }) => facts['caretaker.batch.result'] === 'vendor-held');
    expect(held.length).toBeGreaterThan(0);
    expect(held.filter(({ facts }) => facts['error.type'] !== undefined)).toEqual([]);
    const unanswered = named(vendorCall).filter(({ facts }) => facts['caretaker.result'] === 'Unreachable');
    expect(unanswered).toHaveLength(8);
    expect(named(vendorCall)).toHaveLength(traffic.facts().requests);
    for (const batch of named(/batch$/)) expect(above(batch)[1]).toBe('run refresh-timed-devices');
    expectDiscretion();
  });

  it('the trace of a run reaches the collector with its token, which is in no output', async () => {
    const answer = await endToEnd.run(['config', '--json'], traced);
    expect(answer.output).toContain('OTEL_EXPORTER_OTLP_HEADERS');
    const run = await endToEnd.run(['run', 'audit-pocket', '--json'], { ...traced, ...ownHistory() });
    expect(new Set(collector.headers.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${words.OTEL_EXPORTER_OTLP_HEADERS}`]),
    );
    expect(named(vendorCall)).toHaveLength(endToEnd.simulators.superoffice.traffic.facts().requests);
    expectDiscretion();
    const said = [answer, run].map(({ output, errors }) => output + errors).join('\n');
    expect(cage.sung(said)).toEqual([]);
  });

  it('the trace of a run is named, and thinned out, as OpenTelemetry does it by environment', async () => {
    const environment = { ...traced, ...ownHistory(), OTEL_SERVICE_NAME: 'night-watch' };
    await endToEnd.run(['run', 'audit-pocket'], { ...environment, OTEL_TRACES_SAMPLER: 'always_off' });
    const none = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    await endToEnd.run(['run', 'audit-pocket'], { ...environment, ...none });
    expect(collector.spans).toEqual([]);
    await endToEnd.run(['run', 'audit-pocket'], {
      ...environment,
      OTEL_TRACES_SAMPLER_ARG: '0.5',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=trial,service.name=other',
    });
    expect(collector.spans.length).toBeGreaterThan(users);
    expect(collector.resource).toMatchObject({
      'service.name': 'night-watch',
      'deployment.environment': 'trial',
    });
  });
});

describe('a worker that traces', () => {
  it('a worker that traces begins a trace with each tick, and sends what is left when it is told to stop', async () => {
    const worker = endToEnd.start(['worker'], {
      ...traced,
      ...ownHistory(),
      CARETAKER_MODE: 'observe',
      PURGE_WINDOWS_SCHEDULE: 'every PT1S',
    });
    await until(async () => worker.output().split('"run finished"').length > 3);
    const stopped = await worker.kill('SIGTERM');
    expect(stopped.code).toBe(0);
    const runs = named(/^run purge-windows$/);
    expect(runs).toHaveLength(stopped.output.split('"run finished"').length - 1);
    expect(new Set(runs.map(({ traceId }) => traceId)).size).toBe(runs.length);
    for (const run of runs) {
      expect(above(run)).toEqual([
        'process caretaker-runs',
        'add caretaker-runs.purge-windows',
        'process caretaker-runs',
      ]);
    }
    // Looking for work and renewing locks is not worth telling.
    expect(new Set(collector.spans.map(({ name }) => name.split(' ')[0]))).toEqual(
      new Set(['run', 'process', 'add']),
    );
  });

  it('a worker that traces goes on when a request brings a context that makes no sense, and tells nothing of its names', async () => {
    const prefix = ownHistory();
    const worker = endToEnd.start(['worker'], { ...traced, ...prefix });
    await worker.says('worker ready');
    const queue = new Queue('caretaker-runs', {
      connection: { path: endToEnd.redis.socketPath },
      prefix: prefix.CARETAKER_PREFIX,
    });
    for (const metadata of ['no JSON', 'null', '{"traceparent":7}']) {
      await queue.add('audit-pocket', {}, { jobId: `for-kari-${metadata.length}`, telemetry: { metadata } });
    }
    await queue.add('look-after-kari', {}, { attempts: 1 });
    await until(async () => (await queue.getFailedCount()) === 1);
    await until(async () => (await queue.getCompletedCount()) >= 4);
    await queue.close();
    expect((await worker.kill('SIGTERM')).code).toBe(0);
    expect(named(/^run audit-pocket$/).length).toBeGreaterThan(0);
    expect(collector.bodies.join('')).not.toContain('kari');
  });
});

describe('a collector that', () => {
  it.each(['is not there', 'refuses', 'never answers'] as const)(
    'a collector that %s costs one warning, and no run',
    async (manner) => {
      const broken = manner === 'is not there' ? undefined : await openCollector(manner);
      const answer = await endToEnd.run(refresh, {
        ...ownHistory(),
        OTEL_EXPORTER_OTLP_ENDPOINT: broken?.url ?? 'http://127.0.0.1:9',
        // Were it waited for, the test would not come to its end.
        OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
      });
      await broken?.close();
      expect(answer.code).toBe(0);
      expect(answer.json<Report>().users.inspected).toBe(users);
      expect(answer.errors.split('traces are lost')).toHaveLength(2);
      expect(answer.errors.match(/"level":"(warn|error)"/g)).toHaveLength(1);
    },
  );

  it('a collector that never answers does not keep a worker from stopping', async () => {
    const broken = await openCollector('never answers');
    const prefix = ownHistory();
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: broken.url, OTEL_EXPORTER_OTLP_TIMEOUT: '600000' };
    const worker = endToEnd.start(['worker'], { ...environment, ...prefix });
    await worker.says('worker ready');
    await endToEnd.run(['trigger', 'audit-pocket'], prefix);
    await worker.says('run finished');
    expect((await worker.kill('SIGTERM')).code).toBe(0);
    await broken.close();
  });
});

describe('OpenTelemetry', () => {
  async function modulesOf(extra: Record<string, string>): Promise<string[]> {
    const noted = join(endToEnd.folder, `modules-${++histories}.txt`);
    // From the source: what a bundle holds it no longer loads. Without --json a slow machine shows progress among the errors.
    const answer = await startShipped(
      ['run', 'audit-pocket', '--json', '--user', endToEnd.simulators.people.username(0)],
      {
        ...endToEnd.environment,
        ...ownHistory(),
        ...extra,
        NOTED_MODULES: noted,
        NODE_OPTIONS: `--import=${new URL('note-modules.ts', import.meta.url)}`,
      },
    ).ended;
    expect(answer).toMatchObject({ code: 0, errors: '' });
    return (await readFile(noted, 'utf8'))
      .split('\n')
      .filter((url) => /@opentelemetry|bullmq-otel/.test(url));
  }

  it('OpenTelemetry is not loaded without a collector, also when its other variables are set', async () => {
    expect(await modulesOf({ OTEL_SERVICE_NAME: 'x', OTEL_LOG_LEVEL: 'debug', LOG_LEVEL: 'error' })).toEqual(
      [],
    );
    expect(collector.bodies).toEqual([]);
  });

  it('OpenTelemetry is loaded with a collector', async () => {
    const loaded = (await modulesOf({ ...traced, LOG_LEVEL: 'error' })).join('\n');
    expect(loaded).toContain('@opentelemetry/sdk-trace');
    expect(loaded).toContain('bullmq-otel');
  });
});
