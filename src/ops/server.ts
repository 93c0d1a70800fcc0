import fastify from 'fastify';
import type { Crew } from '../queue/crew.ts';

/** The server of probes, metrics and console. */
export interface OpsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** More than any form of the console sends. */
const maxBodyBytes = 16 * 1024;

/**
 * Opens the server that tells others how this process fares; undefined when no port is set.
 *
 * @throws Error when the port is taken
 */
export async function openOps({ config, log }: Crew): Promise<OpsServer | undefined> {
  const { host, port } = config.ops;
  if (port === undefined) return undefined;
  const app = fastify({ bodyLimit: maxBodyBytes, logger: false });
  await app.listen({ host, port });
  const address = app.server.address();
  const taken = typeof address === 'object' && address ? address.port : port;
  log.info({ host, port: taken }, 'probes and metrics ready');
  return { port: taken, close: () => app.close() };
}
