import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Simulators, startSimulators } from '../../simulators/simulators.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 60;
const enforce = { CARETAKER_MODE: 'enforce', PURGE_WINDOWS_BATCH_SIZE: '10' };
let endToEnd: EndToEnd;
let production: Simulators;

beforeEach(async () => {
  endToEnd = await openEndToEnd({ users });
  production = await startSimulators({ users });
});
afterEach(async () => {
  await endToEnd.close();
  await production.close();
});

it('a run goes to the vendor it is for, whichever other workers share its queue', async () => {
  const atProduction = { ...enforce, POINTSHARP_URL: production.pointsharp.url };
  const other = endToEnd.start(['worker'], atProduction);
  await other.says('worker ready');
  endToEnd.simulators.pointsharp.faults.latencyMs = 20;
  const run = endToEnd.start(['run', 'purge-windows', '--json'], enforce);
  await other.says('run is for a vendor at another address');
  const { actions } = (await run.ended).json<Report>();
  expect(actions.applied).toBe(2 * users);
  expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(2 * users);
  expect(production.pointsharp.traffic.facts().requests).toBe(0);
});

it('a run that was left behind is not carried on by a command with another address, which says why', async () => {
  const run = endToEnd.start(['run', 'purge-windows', '--json'], {
    ...enforce,
    POINTSHARP_REQUESTS_PER_SECOND: '50',
  });
  const { traffic } = endToEnd.simulators.pointsharp;
  while (traffic.facts().requests < 30) await new Promise(setImmediate);
  await run.kill('SIGKILL');
  const asked = traffic.facts().requests;
  const wrong = await endToEnd.run(['run', 'purge-windows', '--json'], {
    ...enforce,
    POINTSHARP_URL: production.pointsharp.url,
  });
  expect(wrong.code).toBe(5);
  expect(wrong.json<Report>().run.reason).toContain(
    `is for the vendor at ${endToEnd.simulators.pointsharp.url}, and this process has another address`,
  );
  expect(traffic.facts().requests).toBe(asked);
  expect(production.pointsharp.traffic.facts().requests).toBe(0);
  expect((await endToEnd.run(['run', 'purge-windows', '--json'], enforce)).code).toBe(0);
});
