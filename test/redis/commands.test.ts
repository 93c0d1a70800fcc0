import { globSync, readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { redisCommands } from '../../src/config/settings/redis-commands.ts';
import type { Report } from '../../src/runs/report.ts';
import { held, type Visitor, visit } from '../ops/visitor.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

/*
 * What Redis is given while the program does all that it can do. Whoever uses a command more has to name it, so that the
 * doctor tries it and the rights of the configuration page allow it.
 */
let endToEnd: EndToEnd;
let visitor: Visitor;
let client: Redis;
let close = () => {};

/** Every command that Redis was given, also by scripts; what the program only tries is none. */
const given = new Set<string>();

/** A limit of requests per second is counted in Redis. */
const limited = { POINTSHARP_REQUESTS_PER_SECOND: '1000' };

/** Nobody needs a right to these. */
const free = ['hello', 'auth', 'quit'];
/** Given by this test itself. */
const ours = ['config|resetstat', 'monitor'];

/** What Redis counted, of administration too, which it shows to no monitor. */
async function counted(): Promise<string[]> {
  const stats = await client.info('commandstats');
  const names = [...stats.matchAll(/^cmdstat_([^:]+):/gm)].map(([, name = '']) => name);
  return names.filter((name) => ![...free, ...ours].includes(name));
}

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 60 });
  client = new Redis(endToEnd.redis.socketPath, { disableClientInfo: true });
  const monitor = await client.monitor();
  // The tests asked whether the server is there.
  await client.config('RESETSTAT');
  monitor.on('monitor', (_time, words: readonly string[]) => {
    const [command = '', sub = ''] = words.map((word) => word.toLowerCase());
    if (free.includes(command) || words.some((word) => word.includes(':doctor:'))) return;
    given.add(command === 'client' ? `${command}|${sub}` : command);
  });
  close = () => {
    monitor.disconnect();
    client.disconnect();
  };
  visitor = await visit(endToEnd, { ...held, CARETAKER_MODE: 'enforce', ...limited });
});
afterAll(async () => {
  close();
  await endToEnd.close();
});

async function play(): Promise<void> {
  const { run } = endToEnd;
  await run(['run', 'purge-windows', '--mode', 'enforce', '--json'], limited);
  await run(['run', 'audit-pocket', '--json']);
  const trigger = await run(['trigger', 'refresh-timed-devices', '--mode', 'enforce', '--json']);
  const { id } = trigger.json<{ id: string }>();
  for (;;) {
    const report = (await run(['runs', id, '--json'])).json<Report>();
    if (report.run.status === 'held') break;
  }
  for (const path of ['/', `/runs/${id}`, '/history', '/queues/', '/queues/api/queues'])
    await visitor.page(path);
  await visitor.page('/metrics');
  await visitor.page('/readyz');
  await run(['reject', id, '--note', 'no']);
  await run(['pause', 'purge-windows', '--note', 'no']);
  await run(['resume', 'purge-windows']);
  await run(['pause', 'pointsharp', '--note', 'no']);
  await run(['resume', 'pointsharp']);
  for (const words of [
    ['schedules'],
    ['history'],
    ['runs'],
    ['explain', endToEnd.simulators.people.username(0)],
  ])
    await run(words);
}

/** What is in the scripts of BullMQ and in ours: not every branch of them is met in a minute. */
function scriptedCommands(): Set<string> {
  const files = [...globSync('node_modules/bullmq/dist/esm/scripts/*.js'), ...globSync('src/queue/**/*.ts')];
  const calls = files.flatMap((file) => [
    ...readFileSync(file, 'utf8').matchAll(/(?:rcall|redis\.call)\(["'](\w+)/gi),
  ]);
  return new Set(calls.map(([, name = '']) => name.toLowerCase()));
}

it('every command that Redis is given while the program works is one that the doctor tries, and the doctor tries no other', async () => {
  await play();
  const used = [...given];
  const named: readonly string[] = redisCommands;
  expect([...used, ...(await counted())].filter((name) => !named.includes(name))).toEqual([]);
  const scripted = scriptedCommands();
  // Monitors are not shown who lists clients, and this Redis has only database 0, which nobody selects.
  const unseen = ['client|list', 'select'];
  const known = (name: string) => [...used, ...unseen].includes(name) || scripted.has(name);
  expect(named.filter((name) => !known(name))).toEqual([]);
});
