import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { WorkerContext } from '../queue/context.ts';
import type { Observer } from '../queue/observer.ts';
import type { Workers } from '../queue/workers.ts';
import { type HeartbeatLimits, heartbeatLimits, openHeartbeatMonitor } from './health/heartbeat-monitor.ts';
import { openProbes, probePaths } from './health/probes.ts';
import { openReadiness } from './health/readiness.ts';
import type { GaugeSnapshot } from './metrics/gauges.ts';
import { openMetrics } from './metrics/metrics.ts';
import { createSnapshotCache } from './metrics/snapshot-cache.ts';

/** The server of probes, metrics and console. It is up before Redis answers, and until the process has drained. */
export interface OpsServer {
  readonly port: number;
  /** For the workers of this process. */
  readonly observer: Observer;
  /** The workers have started: from now on they are expected to live, and the gauges show what stands in Redis. */
  attach(context: WorkerContext, workers: Workers): Promise<void>;
  /** The process takes nothing new any more; it stays live. */
  drain(): void;
  close(): Promise<void>;
}

/** What the server is opened with. */
export interface OpsNeeds {
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

/** More than any form of the console sends. */
const maxBodyBytes = 16 * 1024;
const maxHeaderBytes = 8 * 1024;
/** Nobody who asks here has reason to take long; in milliseconds. */
const requestTimeout = 10_000;

/**
 * Opens the server that tells others how this process fares.
 *
 * @throws Error when it cannot listen there; the message says what to do
 */
export async function openOps({
  config,
  log,
  name,
  limits = heartbeatLimits,
  site,
}: OpsNeeds): Promise<OpsServer> {
  const { host, port = 0 } = config.ops;
  const app = newServer(log);
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'There is nothing here.' }));
  const metrics = openMetrics(config);
  const heartbeatMonitor = openHeartbeatMonitor(config, log, limits);
  const readiness = openReadiness(config, name);
  let context: WorkerContext | undefined;
  let behind: FastifyInstance | undefined;
  let snapshot: () => Promise<GaugeSnapshot | undefined> = async () => undefined;
  app.addHook('onRequest', async (request, reply) => {
    if (!behind || probePaths.includes(request.url.split('?', 1)[0] ?? '')) return;
    reply.hijack();
    behind.routing(request.raw, reply.raw);
  });
  app.register(openProbes({ metrics, heartbeatMonitor, readiness, snapshot: () => snapshot() }));
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw new Error(cannotListen(host, port, error));
  }
  const address = app.server.address();
  const taken = typeof address === 'object' && address ? address.port : port;
  log.info({ host, port: taken }, 'probes and metrics ready');
  return {
    port: taken,
    observer: metrics.observer,
    async attach(opened, workers) {
      if (context !== opened) snapshot = createSnapshotCache(opened);
      context = opened;
      heartbeatMonitor.watchOver(opened, workers);
      readiness.phase = 'working';
      if (!site || behind) return;
      // Nothing can be added to a server that listens already.
      const added = newServer(log);
      await site(added, opened);
      await added.ready();
      behind = added;
    },
    drain() {
      heartbeatMonitor.stop();
      readiness.phase = 'draining';
    },
    async close() {
      heartbeatMonitor.stop();
      await app.close();
      await behind?.close();
    },
  };
}

/** A server that says little of itself, whatever comes. */
function newServer(log: Logger): FastifyInstance {
  const app = fastify({
    bodyLimit: maxBodyBytes,
    http: { maxHeaderSize: maxHeaderBytes },
    requestTimeout,
    connectionTimeout: 2 * requestTimeout,
    // Whoever keeps a connection open would hold up the end of the process.
    forceCloseConnections: true,
    logger: false,
  }) as FastifyInstance;
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode < 500) return reply.code(statusCode).send({ error: error.message });
    log.error({ err: error }, 'request to the server of probes failed');
    return reply.code(500).send({ error: 'This failed; the log of the process says why.' });
  });
  return app;
}

function cannotListen(host: string, port: number, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return `OPS_PORT: port ${port} of ${host} is taken by another program; set another one, or 0 for any that is free.`;
  const said = error instanceof Error ? error.message : String(error);
  return `OPS_HOST, OPS_PORT: cannot listen on port ${port} of ${host} (${said}).`;
}
