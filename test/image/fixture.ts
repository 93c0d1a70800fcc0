import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rosterCsv } from '../../simulators/people/roster.ts';
import { startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { type Simulators, startSimulators } from '../../simulators/simulators.ts';
import type { Caretaker, CommandResult } from '../support/caretaker.ts';
import { mountedAt, startIn, type Unpacked } from './container.ts';

type Environment = Readonly<Record<string, string>>;

/** What the image is run against: a Redis and both vendors outside it, a roster and secrets as mounted files. */
export interface Fixture {
  readonly image: Unpacked;
  readonly simulators: Simulators;
  /** Starts the program of the image. */
  start(words: readonly string[], extra?: Environment): Caretaker;
  run(words: readonly string[], extra?: Environment): Promise<CommandResult>;
  /** Runs other code on the image's Node. */
  evaluate(code: string): Promise<CommandResult>;
  close(): Promise<void>;
}

export const users = 2000;

export async function openFixture(image: Unpacked): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-mounted-'));
  const redis = await startPrivateRedis({ port: true, appendOnly: true });
  const simulators = await startSimulators({ users, frozen: true });
  await chmod(folder, 0o755);
  const files = {
    'roster.csv': [...rosterCsv(simulators.people)].join(''),
    'redis-url': redis.url,
    'superoffice-password': 'simulated\n',
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o440 });
    // As Kubernetes does for fsGroup.
    await chown(path, 0, Number(image.user.split(':')[1]));
  }
  const environment = {
    REDIS_URL_FILE: `${mountedAt}/redis-url`,
    CARETAKER_ROSTER: `${mountedAt}/roster.csv`,
    CARETAKER_LOCK_DURATION: 'PT2S',
    NODE_OPTIONS: '--max-old-space-size=192 --max-semi-space-size=16',
    POINTSHARP_URL: simulators.pointsharp.url,
    POINTSHARP_REQUESTS_IN_FLIGHT: '8',
    POINTSHARP_REQUESTS_PER_SECOND: '0',
    SUPEROFFICE_URL: simulators.superoffice.url,
    SUPEROFFICE_USERNAME: 'caretaker',
    SUPEROFFICE_PASSWORD_FILE: `${mountedAt}/superoffice-password`,
    SUPEROFFICE_REQUESTS_PER_SECOND: '0',
    REFRESH_TIMED_DEVICES_UNIT: 'days',
  };
  const started: Caretaker[] = [];
  const start: Fixture['start'] = (words, extra) => {
    const one = startIn(image, folder, [...image.entrypoint, ...words], { ...environment, ...extra });
    started.push(one);
    return one;
  };
  return {
    image,
    simulators,
    start,
    run: (words, extra) => start(words, extra).ended,
    evaluate: (code) => startIn(image, folder, ['node', '--input-type=module', '-e', code]).ended,
    async close() {
      // --kill-child takes the container with it.
      await Promise.all(started.map((one) => one.kill('SIGKILL')));
      await simulators.close();
      await redis.stop();
      await rm(folder, { recursive: true });
    },
  };
}
