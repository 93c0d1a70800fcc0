import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../simulators/redis/free-port.ts';
import { type PrivateRedis, startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import type { Report } from '../../src/runs/report.ts';
import { type CommandResult, runCaretaker } from '../support/caretaker.ts';
import { type Container, containersOf, type Manifest, podTemplates } from './manifest.ts';
import { mountedBelow } from './mounted.ts';
import { folderOf, render } from './render.ts';

/* The containers of a rendered pod as real processes: their own arguments, environment and files, and no vendor anywhere. */

let redis: PrivateRedis;
let folder: string;
let down: Record<string, string>;

beforeAll(async () => {
  redis = await startPrivateRedis();
  folder = await mkdtemp(join(tmpdir(), 'caretaker-pods-'));
  const port = await freePort();
  down = {
    POINTSHARP_URL: `http://127.0.0.1:${port}/api/`,
    SUPEROFFICE_URL: `https://127.0.0.1:${port}/api/`,
  };
});
afterAll(async () => {
  await redis.stop();
  await rm(folder, { recursive: true });
});

type Extra = Readonly<Record<string, string>>;

async function start(
  container: Container | undefined,
  manifests: readonly Manifest[],
  extra: Extra = {},
): Promise<CommandResult> {
  if (!container) throw new Error('the pod has no such container');
  const environment = await mountedBelow(folder, container, manifests);
  await writeFile(environment.REDIS_URL_FILE ?? '', redis.url);
  return runCaretaker(container.spec.args, { ...environment, ...down, ...extra });
}

/** The doctor and the container that works, of the pod of an object. */
function podOf(owner: string, manifests: readonly Manifest[]) {
  const template = podTemplates(manifests).find((one) => one.owner === owner);
  if (!template) throw new Error(`there is no ${owner}`);
  const containers = containersOf(template);
  return {
    doctor: containers.find(({ isInit }) => isInit),
    worker: containers.find(({ isInit }) => !isInit),
  };
}

describe.each([
  ['overlays/observe', 'Deployment caretaker-worker'],
  ['cronjob', 'CronJob caretaker-purge-windows'],
])('a rendered pod of %s', (overlay, owner) => {
  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await render(folderOf(overlay));
  });

  it.each<[what: string, extra: Extra, code: number, line: RegExp]>([
    ['passes with both vendors down', {}, 0, /^warn {2}pointsharp address .*ECONNREFUSED/m],
    ['fails on a wrong policy', { PURGE_WINDOWS_MAX_SHARE: '2' }, 2, /^fail .*PURGE_WINDOWS_MAX_SHARE/m],
    ['fails on a misspelt variable', { PURGE_WINDOWS_ENABLD: 'true' }, 2, /^fail .*PURGE_WINDOWS_ENABLD/m],
    ['fails without its roster', { CARETAKER_ROSTER: '/roster/none.csv' }, 1, /^fail {2}roster file/m],
  ])('the init container of a rendered pod %s', async (_what, extra, code, line) => {
    const result = await start(podOf(owner, manifests).doctor, manifests, extra);
    expect({ code: result.code, errors: result.errors }).toEqual({ code, errors: '' });
    expect(result.output).toMatch(line);
  });

  it('the init container of a rendered pod fails without Redis', async () => {
    const REDIS_URL = `redis://127.0.0.1:${await freePort()}`;
    const extra = { REDIS_URL, REDIS_URL_FILE: '' };
    const { code, output } = await start(podOf(owner, manifests).doctor, manifests, extra);
    expect(code).toBe(1);
    expect(output).toMatch(/^fail {2}redis reachable/m);
  });
});

describe('the run of a rendered CronJob', () => {
  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await render(folderOf('cronjob'));
  });

  it.each<[what: string, extra: Extra, code: number, status: string]>([
    ['completes in observe', {}, 0, 'completed'],
    [
      'fails its Job when it is held',
      { CARETAKER_MODE: 'enforce', PURGE_WINDOWS_MAX_ACTIONS: '1', PURGE_WINDOWS_HOLD_ON: 'max-actions' },
      3,
      'held',
    ],
    [
      'does not fail its Job when it is skipped, because the run before it is held',
      { CARETAKER_MODE: 'enforce' },
      0,
      'skipped',
    ],
  ])('the run of a rendered CronJob %s', async (_what, extra, code, status) => {
    const { worker } = podOf('CronJob caretaker-purge-windows', manifests);
    const json = worker && { ...worker, spec: { ...worker.spec, args: [...worker.spec.args, '--json'] } };
    const result = await start(json, manifests, { REFRESH_TIMED_DEVICES_UNIT: 'days', ...extra });
    expect({ code: result.code, status: result.json<Report>().run.status }).toEqual({ code, status });
  });
});
