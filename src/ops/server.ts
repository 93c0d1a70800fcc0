import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { errorCode, systemErrorText } from '../domain/system-error.ts';
import type { WorkerContext } from '../queue/context.ts';
import type { Observer } from '../queue/observer.ts';
import type { Workers } from '../queue/workers.ts';
import { limitConnections } from './connections.ts';
import { createHeartbeatMonitor, type HeartbeatLimits, heartbeatLimits } from './health/heartbeat-monitor.ts';
import { createProbes, probePaths } from './health/probes.ts';
import { createReadiness } from './health/readiness.ts';
import type { GaugeSnapshot } from './metrics/gauges.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createSnapshotCache } from './metrics/snapshot-cache.ts';

/** The server of probes, metrics and console. It is up before Redis responds, and until the process has drained. */
export interface OpsServer {
  readonly port: number;
  /** For the workers of this process. */
  readonly observer: Observer;
  /** The workers have started: from now on their heartbeats are expected, and the gauges show what is in Redis. */
  attach(context: WorkerContext, workers: Workers): Promise<void>;
  /** The process takes no new work; it stays live. */
  drain(): void;
  close(): Promise<void>;
}

/** What the server is opened with. */
export interface OpsOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Tells this process from all others. */
  readonly name: string;
  readonly limits?: HeartbeatLimits;
  /** What else is served as soon as there are workers: the console. */
  readonly site?: Site;
}

/** Adds its routes to a server of its own behind the same port; what is not found there is its own matter. */
export type Site = (app: FastifyInstance, context: WorkerContext) => Promise<void>;

/** The server cannot listen on its port. */
class ListenError extends OperatorError {
  override readonly name = 'ListenError';
}

/** More than any form of the console sends. */
const maxBodyBytes = 16 * 1024;
const maxHeaderBytes = 8 * 1024;
/**
 * So many connections stay open at once, from everybody; each takes a descriptor, of which a process may have no more than
 * 1,024. Probes, Prometheus and a few browsers need a tenth of it.
 */
const mostConnections = 128;
/** No request to this server has reason to take long; in milliseconds. */
const requestTimeout = 10_000;

/**
 * Opens the server that shows the health and the metrics of this process.
 *
 * @throws ListenError when it cannot listen on the configured port
 */
export async function openOps({
  config,
  log,
  name,
  limits = heartbeatLimits,
  site,
}: OpsOptions): Promise<OpsServer> {
  const { host, port = 0 } = config.ops;
  const app = createApp(log);
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'Not found.' }));
  limitConnections(app.server, mostConnections);
  const metrics = createMetrics(config);
  const heartbeatMonitor = createHeartbeatMonitor(config, log, limits);
  const readiness = createReadiness(config, name);
  let context: WorkerContext | undefined;
  let siteApp: FastifyInstance | undefined;
  let snapshot: () => Promise<GaugeSnapshot | undefined> = async () => undefined;
  app.addHook('onRequest', async (request, reply) => {
    if (!siteApp || probePaths.includes(request.url.split('?', 1)[0] ?? '')) return;
    reply.hijack();
    siteApp.routing(request.raw, reply.raw);
  });
  app.register(createProbes({ metrics, heartbeatMonitor, readiness, snapshot: () => snapshot() }));
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw cannotListen(host, port, error);
  }
  const address = app.server.address();
  const actualPort = typeof address === 'object' && address ? address.port : port;
  log.info({ host, port: actualPort }, 'probes and metrics ready');
  return {
    port: actualPort,
    observer: metrics.observer,
    async attach(opened, workers) {
      if (context !== opened) snapshot = createSnapshotCache(opened);
      context = opened;
      heartbeatMonitor.start(opened, workers);
      readiness.phase = 'working';
      readiness.refusal = opened.queues.watch.refusal;
      if (!site || siteApp) return;
      // Fastify takes no new routes once it listens.
      const added = createApp(log);
      await site(added, opened);
      await added.ready();
      siteApp = added;
    },
    drain() {
      heartbeatMonitor.stop();
      readiness.phase = 'draining';
    },
    async close() {
      heartbeatMonitor.stop();
      await app.close();
      await siteApp?.close();
    },
  };
}

/** A server that discloses little of itself, whatever it receives. */
function createApp(log: Logger): FastifyInstance {
  const app = fastify({
    bodyLimit: maxBodyBytes,
    http: { maxHeaderSize: maxHeaderBytes },
    requestTimeout,
    connectionTimeout: 2 * requestTimeout,
    // An open connection would delay the end of the process.
    forceCloseConnections: true,
    logger: false,
  }) as FastifyInstance;
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode < 500) return reply.code(statusCode).send({ error: error.message });
    log.error({ err: error }, 'request to the ops server failed');
    return reply.code(500).send({ error: 'Internal error. The log of this process says why.' });
  });
  return app;
}

function cannotListen(host: string, port: number, error: unknown): ListenError {
  return new ListenError({
    problem: `Cannot listen on port ${port} of ${host}: ${systemErrorText(error)}.`,
    advice:
      errorCode(error) === 'EADDRINUSE'
        ? 'Set OPS_PORT to another port, or to 0 for any free port.'
        : 'Check OPS_HOST and OPS_PORT.',
    exitCode: exitCodes.usage,
    cause: error,
  });
}
