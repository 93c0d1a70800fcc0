import { expect, it } from 'vitest';
import { createConnectionLog } from '../../../src/commands/setup/connection-log.ts';
import { createLog } from '../../../src/log.ts';
import { RedisError } from '../../../src/redis/errors.ts';
import { openStreams } from '../streams.ts';

function open() {
  const { context, errors } = openStreams(false);
  const lines = () =>
    errors()
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
      .map(({ msg, reason }) => (reason ? `${msg}: ${reason}` : msg));
  return { log: createConnectionLog(createLog('info', [], context.errors)), lines };
}

const refused = () => new RedisError('connection refused', 'Start it.');

it('a trouble with Redis is logged once until it is over, and again when it comes back', () => {
  const { log, lines } = open();
  log.failed(refused());
  log.failed(new RedisError('connection reset', 'Start it.'));
  log.ready();
  log.ready();
  log.failed(refused());
  expect(lines().map((line) => line.replace(/:.*/, ''))).toEqual([
    'redis does not answer',
    'redis answers again',
    'redis does not answer',
  ]);
});

it('a trouble with Redis that becomes another is logged again', () => {
  const { log, lines } = open();
  log.failed(refused());
  log.failed(new RedisError('wrong password', 'Check REDIS_URL.'));
  expect(lines()).toHaveLength(2);
});

it('Redis that never failed is not reported as there again', () => {
  const { log, lines } = open();
  log.ready();
  expect(lines()).toEqual([]);
});

it('each right that is missing is logged once, also while another one is', () => {
  const { log, lines } = open();
  for (const command of ['XTRIM', 'XTRIM', 'EVALSHA', 'XTRIM']) {
    const problem = `Redis refuses ${command}.`;
    log.failed(new RedisError(problem, 'Give its user the rights.', { refusal: 'NOPERM' }));
  }
  expect(lines()).toHaveLength(2);
});
