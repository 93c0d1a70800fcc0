// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source files
import { type Defence, defence } from '../defence.ts';

const stolen = 'test/commands/stolen-redis.test.ts';
const outlooks = 'test/queue/outlooks/outlooks.test.ts';
const results = 'src/queue/batch-worker/batch-results.ts';
const vendorMessage = 'src/clients/errors/vendor-message.ts';

/** What keeps our credentials out of a vendor's message; the last of them withholds what the first two left. */
export const censored = [
  [vendorMessage, 'const text = redact(body).slice', 'const text = body.slice'],
  [vendorMessage, 'const line = redact(oneLine(plain));', 'const line = oneLine(plain);'],
  [vendorMessage, 'return shown.split(mask).some(holdsSecret) ? withheld : shown;', 'return shown;'],
] as const;

/** “What a stolen Redis gives”. */
export const stolenRedisDefences: readonly Defence[] = [
  defence(outlooks, 'without their names, and all of it goes by itself', [
    [
      'src/queue/outlooks/outlooks.ts',
      "Buffer.from(hash(`outlook\\n${userKey(user)}`), 'base64url')",
      'Buffer.from(user.username)',
    ],
  ]),
  defence(outlooks, 'without their names, and all of it goes by itself', [
    [
      'src/queue/outlooks/scripts.ts',
      "for key in pairs(touched) do redis.call('pexpire', key,",
      "for key in pairs({}) do redis.call('pexpire', key,",
    ],
  ]),
  defence('test/commands/secrets.test.ts', 'into Redis: neither its keys nor any value hold one', censored, {
    after: 'no secret leaves the program',
  }),
  defence(
    'test/config/settings/read-group.test.ts',
    'keeps the texts as written, secrets and defaults left out',
    [
      [
        'src/config/settings/read-group.ts',
        'else if (written.text !== undefined) texts[key]',
        'if (written.text !== undefined) texts[key]',
      ],
    ],
  ),
  defence('test/clients/superoffice/client.test.ts', 'their handle replaced by a keyed hash', [
    ['src/clients/superoffice/schema.ts', '? hash(raw.PNSHandle) :', '? raw.PNSHandle :'],
  ]),
  defence('test/clients/superoffice/client.test.ts', 'their handle replaced by a keyed hash', [
    ['src/security/keyed-hash.ts', 'const bytes = Buffer.from(key);', "const bytes = Buffer.from('');"],
  ]),
  defence(stolen, 'once runs have ended', [
    [
      results,
      'change.unlink(`${key}:processed`, `${key}:failed`, `${key}:unsuccessful`, `${key}:dependencies`);',
    ],
  ]),
  defence(stolen, 'once runs have ended', [
    [results, "await redis.xtrim(queue.toKey('events'), 'MAXLEN', 0);", 'void queue;'],
  ]),
  defence(stolen, 'of a run that only observed', [
    [
      'src/queue/batch-worker/kept-plan.ts',
      'await soonest(run, keepPlanned, onlyLate);',
      'await soonest(run, 1000, onlyLate);',
    ],
  ]),
  defence(stolen, 'of a run that wrote the names', [
    [
      'src/queue/batch-worker/kept-plan.ts',
      'onlyLate ? result.actions.filter(({ late }) => late) : result.actions',
      'result.actions',
    ],
  ]),
  defence(
    'test/commands/history.test.ts',
    'no secret is kept in Redis',
    [['src/queue/records/recorder.ts', 'redact(text).slice(0, longest)', 'text.slice(0, longest)']],
    { after: '' },
  ),
];
