// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source files
import { type Defence, defence } from '../defence.ts';

const producer = 'test/queue/hostile-producer.test.ts';
const runs = 'test/queue/foreign-runs.test.ts';
const batches = 'test/queue/foreign-batches.test.ts';
const requests = 'test/queue/messages/run-request.test.ts';

/** “Who can reach the queue”: whoever adds messages to it. */
export const queueDefences: readonly Defence[] = [
  defence(producer, 'where every worker observes', [
    [
      'src/queue/run-worker/requests/is-for-us.ts',
      'throw unrecoverable(new AboveCeiling(queueJob.name));',
      'return true;',
    ],
  ]),
  defence(producer, 'the limits hold for a request that asks', [
    ['src/runs/gate.ts', 'planned > maxActions\n', 'planned > maxActions && false\n'],
  ]),
  defence(producer, 'come to a short complaint', [
    ['src/queue/messages/parse.ts', 'whole.length <= longestComplaint ?', 'whole.length >= 0 ?'],
  ]),
  defence(runs, 'is refused, and nothing is written', [
    ['src/queue/messages/asked.ts', 'if (isForeign) throw new ForeignRun(name);'],
  ]),
  defence(runs, 'is refused once, and blocks nothing', [
    [
      'src/queue/messages/asked.ts',
      "const ownWords = ['run', 'origin', 'state'];",
      "const ownWords = ['run', 'state'];",
    ],
  ]),
  defence(
    runs,
    'is refused once, and blocks nothing',
    [
      [
        'src/queue/unrecoverable.ts',
        'return read();\n  } catch (error) {\n    throw unrecoverable(error);',
        'return read();\n  } catch (error) {\n    throw error;',
      ],
    ],
    { endsInTimeout: true },
  ),
  defence(runs, 'what is kept of a run makes no run of a message', [
    ['src/queue/records/runs/run-record.ts', 'await redis.unlink(key);'],
  ]),
  defence(runs, 'a held run is still held after a message with', [
    [
      'src/queue/run-worker/requests/add-run.ts',
      '{ jobId: id, attempts: runAttempts, backoff }',
      '{ jobId: id, attempts: runAttempts, backoff, deduplication: { id: job } }',
    ],
  ]),
  defence(batches, 'is not done, and the run goes on', [
    [
      'src/queue/batch-worker/process-batch.ts',
      'if (!isBatchOf(run, isStopped ? undefined : state.phase, received)) {',
      'if (isStopped && !isBatchOf(run, undefined, received)) {',
    ],
  ]),
  defence(batches, 'is not done, and the run goes on', [
    ['src/queue/batch-worker/foreign-batch.ts', 'await cutLoose(queueJob);'],
  ]),
  // Either is enough: the queue that a result comes from, and the seal of its batch.
  defence(batches, 'what another program hands to a run as a result', [
    ['src/queue/batch-worker/batch-results.ts', 'places.find((one) => key.startsWith(one))', 'places[0]'],
    [
      'src/queue/messages/batch-id.ts',
      'if (!open.startsWith(`${run.id}.`) || id !== `${open}.${sealFor(run, open)}`) return undefined;',
    ],
  ]),
  defence(
    batches,
    'a run does not wait for',
    [['src/queue/batch-worker/free-runs.ts', 'await free(queues.runs, run, strange);']],
    { endsInTimeout: true },
  ),
  defence('test/queue/producer-rights.test.ts', 'reaches no run, no batch, no schedule and no record', [
    [
      'src/queue/contract.ts',
      '`~${prefix}:${runsQueueName}:${key}`',
      '`~${prefix}:${runsQueueName ? "*" : key}`',
    ],
  ]),
  defence('test/queue/producer-rights.test.ts', 'reaches no run, no batch, no schedule and no record', [
    ['src/queue/contract.ts', "'-@all',", "'+@all',"],
  ]),
  defence(
    'test/queue/run-worker/run-worker.test.ts',
    'is skipped while a run of its job is under way',
    [
      [
        'src/queue/records/runs/claim-job.ts',
        "if redis.call('hexists', queueJob, 'finishedOn') == 0 then return holder end",
      ],
    ],
    { endsInTimeout: true },
  ),
  defence(requests, 'is refused in few words', [['src/queue/messages/run-request.ts', '.max(mostUsers)']]),
  defence(requests, 'is refused in few words', [
    ['src/queue/messages/run-request.ts', '.max(maxNameLength)'],
  ]),
  defence(requests, 'is refused in few words', [
    ['src/queue/messages/run-request.ts', 'reason: z.string().max(500)', 'reason: z.string()'],
  ]),
  defence(requests, 'is refused in few words', [
    [
      'src/queue/messages/run-request.ts',
      'z.strictObject({\n        username',
      'z.object({\n        username',
    ],
  ]),
  defence(requests, 'is refused in few words', [
    ['src/queue/messages/run-request.ts', '.strictObject({\n    mode', '.object({\n    mode'],
  ]),
  defence('test/clients/pointsharp/client.test.ts', 'any name, storage and device id arrive as they are', [
    [
      'src/clients/pointsharp/query.ts',
      '`Username=${encodeURIComponent(username)}${storage}`',
      '`Username=${username}${storage}`',
    ],
  ]),
  defence('test/clients/pointsharp/client.test.ts', 'any name, storage and device id arrive as they are', [
    ['src/clients/pointsharp/query.ts', '`Id=${encodeURIComponent(deviceId)}&', '`Id=${deviceId}&'],
  ]),
  defence(producer, 'to no more than the writes that the jobs know', [
    [
      'src/clients/pointsharp/query.ts',
      '`Username=${encodeURIComponent(username)}${storage}`',
      '`Username=${username}${storage}`',
    ],
  ]),
  defence(
    'test/queue/schedules/maintain-schedules.test.ts',
    'a flush that leaves the connection alone is noticed',
    [
      [
        'src/queue/schedules/maintain-schedules.ts',
        'await (found.length === 0 ? sync() : repair(found));',
        'await repair(found);',
      ],
    ],
    { endsInTimeout: true },
  ),
  // Its errors say nothing of what was sent: what is tried is one that does.
  defence('test/queue/online-48-hours.test.ts', 'no credential goes astray', [
    [
      'src/clients/superoffice/online/access-token.ts',
      "'the authorization of SUPEROFFICE_REFRESH_TOKEN was revoked, or has expired'",
      '`the authorization of ${config.refreshToken} was revoked, or has expired`',
    ],
  ]),
];
