import { Gauge, type Registry } from 'prom-client';
import { readVersion } from '../../domain/version.ts';

/** Shows the version of the program and of Node.js. */
export function addBuildInfo(registry: Registry): void {
  const info = new Gauge({
    name: 'caretaker_build_info',
    help: 'Version of the program and of Node.js; always 1.',
    labelNames: ['version', 'node'],
    registers: [registry],
  });
  info.set({ version: readVersion(), node: process.version }, 1);
}
