import { describe, expect, it } from 'vitest';
import { heartbeatLimits } from '../../../src/ops/health/heartbeat-monitor.ts';
import {
  deafness,
  type Look,
  type Memory,
  remember,
  stuckAfterMs,
  stuckness,
} from '../../../src/ops/health/liveness.ts';

const queue = 'caretaker-runs';
const { lookEveryMs, heartbeatEveryMs, deafAfterMs } = heartbeatLimits;
/** BullMQ looks for work at least so often, also when there is none. */
const longestTurnMs = 10_000;

/** What is known after these looks, `lookEveryMs` apart; `away`: Redis did not respond. */
function knownAfter(
  heartbeats: readonly (string | undefined | 'away')[],
  queues: readonly string[] = [queue],
): Memory {
  return heartbeats
    .map(
      (heartbeat, index): Look => ({
        atMs: index * lookEveryMs,
        queues,
        heartbeats: heartbeat === 'away' ? undefined : heartbeat === undefined ? {} : { [queue]: heartbeat },
      }),
    )
    .reduce((memory, look) => remember(memory, look, heartbeatLimits), {} as Memory);
}

const checked = (...looks: Parameters<typeof knownAfter>) => deafness(knownAfter(...looks), heartbeatLimits);
const same = (count: number) => Array.from({ length: count }, () => '7');
const missesUntilDeaf = deafAfterMs / lookEveryMs + heartbeatLimits.misses;

describe('a worker', () => {
  it('a worker stays live for an hour with nothing to do: it turns all the same', () => {
    let memory: Memory = {};
    for (let atMs = 0; atMs <= 3_600_000; atMs += lookEveryMs) {
      // As late as a heartbeat may come: the turn just missed the one before.
      const turns = Math.floor(Math.max(0, atMs - heartbeatEveryMs) / longestTurnMs);
      memory = remember(
        memory,
        { atMs, queues: [queue], heartbeats: { [queue]: String(turns) } },
        heartbeatLimits,
      );
      expect(memory[queue]?.misses).toBe(0);
    }
    expect(deafness(memory, heartbeatLimits)).toBeUndefined();
  });

  it('a worker is missed twice before it is deaf', () => {
    expect(knownAfter(same(missesUntilDeaf - 1))[queue]?.misses).toBe(1);
    expect(checked(same(missesUntilDeaf - 1))).toBeUndefined();
    expect(knownAfter(same(missesUntilDeaf))[queue]?.misses).toBe(2);
    expect(checked(same(missesUntilDeaf))).toContain(`no heartbeat of the worker on ${queue}`);
    expect(checked(same(missesUntilDeaf))).toContain('Restart this process.');
  });

  it('a worker is found deaf within a minute of its last turn, however the looks fall', () => {
    expect(longestTurnMs + heartbeatEveryMs).toBeLessThan(deafAfterMs);
    expect(heartbeatEveryMs + missesUntilDeaf * lookEveryMs).toBeLessThan(60_000);
  });

  it('a worker is live again with its first new heartbeat', () => {
    expect(checked([...same(missesUntilDeaf), '8'])).toBeUndefined();
  });

  it('a worker is deaf when its heartbeat never came to the Redis that everybody uses, or is gone from there', () => {
    const none = Array.from({ length: missesUntilDeaf }, () => undefined);
    expect(checked(none)).toContain(queue);
    expect(checked(['7', ...none])).toContain(queue);
  });

  it('a worker is not blamed for a Redis that does not respond, and gets its time to come back after it', () => {
    expect(checked(Array.from({ length: 360 }, () => 'away'))).toBeUndefined();
    expect(checked([...same(missesUntilDeaf), 'away'])).toBeUndefined();
    expect(checked(['7', 'away', ...same(missesUntilDeaf - 1)])).toBeUndefined();
    expect(checked(['7', 'away', ...same(missesUntilDeaf)])).toContain(queue);
  });

  it('a worker is not expected before it has started, nor after it was stopped', () => {
    expect(checked(same(100), [])).toBeUndefined();
  });
});

it('the liveness of a process names only the worker that is deaf', () => {
  let memory: Memory = {};
  for (let index = 0; index < missesUntilDeaf; index += 1) {
    const heartbeats = { [queue]: '7', 'caretaker-pointsharp': String(index) };
    const look = { atMs: index * lookEveryMs, queues: Object.keys(heartbeats), heartbeats };
    memory = remember(memory, look, heartbeatLimits);
  }
  expect(deafness(memory, heartbeatLimits)).toContain(queue);
  expect(deafness(memory, heartbeatLimits)).not.toContain('caretaker-pointsharp');
});

describe('a run', () => {
  it.each([
    ['nothing is in hand', { sinceMs: undefined, awayMs: 0 }, false],
    ['the oldest has been in hand for just under the limit', { sinceMs: 1, awayMs: 0 }, false],
    ['the oldest has been in hand for the limit', { sinceMs: 0, awayMs: 0 }, true],
    ['Redis did not respond meanwhile', { sinceMs: 0, awayMs: 1 }, false],
  ])('a run is stuck or not when %s', (_, seen, isStuck) => {
    const reason = stuckness({ atMs: stuckAfterMs, ...seen });
    expect(reason !== undefined).toBe(isStuck);
    if (isStuck) expect(reason).toContain('more than 30 minutes');
  });
});
