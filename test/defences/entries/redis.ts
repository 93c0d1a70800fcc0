// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source files
import { type Defence, defence } from '../defence.ts';

const connection = 'test/redis/connection.test.ts';

/** “Who can reach the queue”: whoever may write any key, and Redis itself. */
export const redisDefences: readonly Defence[] = [
  defence(connection, 'a user with the rights of the configuration page is all that a run needs', [
    ['src/config/settings/redis-commands.ts', '`~${prefix}*`', "prefix && '~*'"],
  ]),
  defence(connection, 'a user with the rights of the configuration page is all that a run needs', [
    ['src/config/settings/redis-commands.ts', "'-@all'", "'+@all'"],
  ]),
  defence(connection, 'rediss reaches a Redis whose certificate comes from an authority in REDIS_CA_FILE', [
    ['src/redis/options.ts', "{ tls: readTls('REDIS_', { caFile: config.caFile }) }", '{ tls: {} }'],
  ]),
  defence(connection, 'a TLS connection reports %s', [
    [
      'src/redis/options.ts',
      "{ tls: readTls('REDIS_', { caFile: config.caFile }) }",
      "{ tls: { ...readTls('REDIS_', { caFile: config.caFile }), rejectUnauthorized: false } }",
    ],
  ]),
  defence('test/redis/fitness.test.ts', 'a Redis is refused, with what to do', [
    ['src/redis/fitness.ts', "maxmemoryPolicy !== 'noeviction'", "maxmemoryPolicy === 'unknown'"],
  ]),
];
