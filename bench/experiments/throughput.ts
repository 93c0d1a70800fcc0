import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  type Contender,
  compare,
  ownContender,
  ratio,
  sampleColumns,
  sampleRows,
  scriptContender,
  sideFile,
  spread,
} from '../contender.ts';
import type { Experiment } from '../experiment.ts';

const limit = 'limit: bare loop of undici Clients';
const ours = 'ours: caretaker run';
const script = 'fetch with p-limit 64';
/** V8 collects garbage with four helper threads unless told otherwise. */
const oneHelper = '--v8-pool-size=1';

/** Purges the same users in every way that people do it. */
export const throughput: Experiment = {
  name: 'throughput',
  async measure(fixture, { quick, tell }) {
    const most = quick ? 24_000 : 1_000_000;
    const less = quick ? 8_000 : 300_000;
    const pwsh = find('pwsh');
    const contenders: Contender[] = [
      scriptContender(limit, 'undici-clients', most),
      ownContender(ours, ['run', 'purge-windows', '--json'], most),
      scriptContender(script, 'fetch-p-limit', less),
      // Not compared: the loop as most would write it, and how much of the script's CPU is V8's own.
      scriptContender('bare loop of an undici Pool', 'undici-pool', less),
      scriptContender(`${script}, node ${oneHelper}`, 'fetch-p-limit', less, [oneHelper]),
      scriptContender('BullMQ job for each user, with fetch', 'bullmq-per-user', quick ? 800 : 20_000),
      scriptContender('fetch, one by one', 'fetch-one-by-one', quick ? 800 : 20_000),
      {
        name: 'curl with xargs -P 64',
        users: quick ? 20 : 500,
        command: ['bash', sideFile('curl.sh')],
        readsCalls: true,
      },
      ...(pwsh
        ? [
            {
              name: 'PowerShell',
              users: quick ? 20 : 500,
              command: [pwsh, '-File', sideFile('loop.ps1')],
              readsCalls: true,
            },
          ]
        : []),
    ];
    const samples = await compare(fixture, contenders, quick ? 1 : 3, tell);
    const cpu = ratio(samples, 'cpuPerUser', script, ours);
    return {
      name: 'throughput',
      title: 'Purge, a vendor that answers at once',
      how: `Two calls for each user, 64 in flight where a contender can have several. Every contender is a process of its own and is timed from its start to its end, CPU and memory are those of its process tree, without Redis and the vendor; contenders slower than that get fewer users. "Redis bytes" is the peak of its memory over what it used before.${pwsh ? '' : ' PowerShell is left out: no pwsh was found.'}`,
      columns: sampleColumns,
      rows: sampleRows(samples, contenders),
      checks: [
        {
          what: 'purge: users/s of ours as a part of the limit',
          value: ratio(samples, 'usersPerSecond', ours, limit).median,
          atLeast: 0.8,
        },
        {
          what: 'purge: CPU per user of ours as a multiple of the limit',
          value: ratio(samples, 'cpuPerUser', ours, limit).median,
          atMost: 1.3,
        },
        {
          what: 'purge: CPU per user of fetch with p-limit as a multiple of ours',
          value: cpu.median,
          atLeast: 4,
        },
      ],
      charts: [
        {
          name: 'throughput',
          title: 'Users purged per second, a vendor that answers at once',
          kind: 'bars',
          x: { name: '', values: contenders.map(({ name }) => name) },
          y: 'users/s',
          series: [
            {
              name: 'users/s',
              values: contenders.map(({ name }) => spread(samples, name, 'usersPerSecond').median),
            },
          ],
        },
        {
          name: 'cpu',
          title: 'CPU time for each user',
          kind: 'bars',
          x: { name: '', values: contenders.map(({ name }) => name) },
          y: 'µs',
          series: [
            { name: 'CPU', values: contenders.map(({ name }) => spread(samples, name, 'cpuPerUser').median) },
          ],
        },
      ],
    };
  },
};

function find(program: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
