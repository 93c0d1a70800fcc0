import { afterAll, beforeAll, expect, it } from 'vitest';
import { startShipped } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 5 });
});
afterAll(() => endToEnd.close());

/** A library of the console that is there in part: it fails once the console is registered. */
const brokenBoard = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module';
const source = 'export class FastifyAdapter { constructor() { throw new Error("the board is broken"); } }';
registerHooks({
  load: (url, context, next) =>
    url.includes('@bull-board/fastify') ? { format: 'module', source, shortCircuit: true } : next(url, context),
});`)}`;

// The deadline after which a process ends in any case is too far off to help.
const console = {
  CARETAKER_DRAIN_TIMEOUT: 'PT1H',
  OPS_PORT: '0',
  OPS_HOST: '127.0.0.1',
  OPS_CONSOLE_SECRET: 'a-secret-of-the-console',
};

it('a worker whose console cannot be opened ends with a failure, and nothing of it works on', async () => {
  const environment = { ...endToEnd.environment, ...console, NODE_OPTIONS: `--import ${brokenBoard}` };
  const worker = startShipped(['worker'], environment);
  const { code, errors, output } = await worker.ended;
  expect(errors).toContain('the board is broken');
  expect(code).toBe(1);
  expect(output).not.toContain('worker ready');
});

it('a worker whose console can be opened goes on', async () => {
  const worker = startShipped(['worker'], { ...endToEnd.environment, ...console });
  await worker.says('worker ready');
  expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0 });
});
