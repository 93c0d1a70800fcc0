import { readFileSync } from 'node:fs';
import { Gauge, type Registry } from 'prom-client';

/** Shows the version of the program and of Node.js. */
export function addBuildInfo(registry: Registry): void {
  const info = new Gauge({
    name: 'caretaker_build_info',
    help: 'Version of the program and of Node.js; always 1.',
    labelNames: ['version', 'node'],
    registers: [registry],
  });
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  info.set({ version: String(JSON.parse(text).version), node: process.version }, 1);
}
