import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { GaugeSnapshot } from '../metrics/gauges.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { HeartbeatMonitor } from './heartbeat-monitor.ts';
import type { Readiness } from './readiness.ts';
import { rosterTrouble } from './roster-trouble.ts';

/** What the probes and the metrics are read from. */
interface ProbeSources {
  readonly metrics: Metrics;
  readonly heartbeatMonitor: Pick<HeartbeatMonitor, 'trouble'>;
  readonly readiness: Readiness;
  readonly snapshot: () => Promise<GaugeSnapshot | undefined>;
}

/** The paths of the probes and the metrics. */
export const probePaths: readonly string[] = ['/livez', '/readyz', '/metrics'];

/**
 * `/livez`: restart this process when it fails. `/readyz`: it takes work. `/metrics`: for Prometheus. None requires a
 * secret and none shows a user: whoever reaches the port may read them.
 */
export function createProbes({
  metrics,
  heartbeatMonitor,
  readiness,
  snapshot,
}: ProbeSources): FastifyPluginAsync {
  return async (app) => {
    app.get('/livez', async (_request, reply) =>
      sendHealth(reply, heartbeatMonitor.trouble() ?? rosterTrouble()),
    );
    app.get('/readyz', async (_request, reply) => sendHealth(reply, await readiness.trouble()));
    app.get('/metrics', async (_request, reply) => {
      metrics.show(await snapshot());
      return reply
        .header('cache-control', 'no-store')
        .type(metrics.contentType)
        .send(await metrics.text());
    });
  };
}

function sendHealth(reply: FastifyReply, trouble: string | undefined): FastifyReply {
  reply.header('cache-control', 'no-store');
  return trouble === undefined
    ? reply.send({ status: 'ok' })
    : reply.code(503).send({ status: 'failing', reason: trouble });
}
