import { describe, expect, it } from 'vitest';
import { deafness, type Look, type Memory, remember } from '../../../src/ops/health/liveness.ts';
import { pulseLimits } from '../../../src/ops/health/pulse.ts';

const queue = 'caretaker-runs';
const { lookEveryMs, beatEveryMs, deafAfterMs } = pulseLimits;
/** BullMQ looks for work at least so often, also when there is none. */
const longestTurnMs = 10_000;

/** What is known after these looks, `lookEveryMs` apart; `undefined`: Redis did not answer. */
function knownAfter(
  beats: readonly (string | undefined | 'away')[],
  queues: readonly string[] = [queue],
): Memory {
  return beats
    .map(
      (beat, index): Look => ({
        atMs: index * lookEveryMs,
        queues,
        beats: beat === 'away' ? undefined : beat === undefined ? {} : { [queue]: beat },
      }),
    )
    .reduce((memory, look) => remember(memory, look, pulseLimits), {} as Memory);
}

const judged = (...looks: Parameters<typeof knownAfter>) => deafness(knownAfter(...looks), pulseLimits);
const same = (count: number) => Array.from({ length: count }, () => '7');
const missesUntilDeaf = deafAfterMs / lookEveryMs + pulseLimits.misses;

describe('a worker', () => {
  it('stays live for an hour with nothing to do: it turns all the same', () => {
    let memory: Memory = {};
    for (let atMs = 0; atMs <= 3_600_000; atMs += lookEveryMs) {
      // As late as a beat may come: the turn just missed the one before.
      const turns = Math.floor(Math.max(0, atMs - beatEveryMs) / longestTurnMs);
      memory = remember(memory, { atMs, queues: [queue], beats: { [queue]: String(turns) } }, pulseLimits);
      expect(memory[queue]?.misses).toBe(0);
    }
    expect(deafness(memory, pulseLimits)).toBeUndefined();
  });

  it('is missed twice before it is deaf', () => {
    expect(knownAfter(same(missesUntilDeaf - 1))[queue]?.misses).toBe(1);
    expect(judged(same(missesUntilDeaf - 1))).toBeUndefined();
    expect(knownAfter(same(missesUntilDeaf))[queue]?.misses).toBe(2);
    expect(judged(same(missesUntilDeaf))).toContain(`no sign of life of the worker on ${queue}`);
    expect(judged(same(missesUntilDeaf))).toContain('start this process again');
  });

  it('is found deaf within a minute of its last turn, however the looks fall', () => {
    expect(longestTurnMs + beatEveryMs).toBeLessThan(deafAfterMs);
    expect(beatEveryMs + missesUntilDeaf * lookEveryMs).toBeLessThan(60_000);
  });

  it('is live again with its first new beat', () => {
    expect(judged([...same(missesUntilDeaf), '8'])).toBeUndefined();
  });

  it('is deaf when its beat never came to the Redis that everybody uses, or is gone from there', () => {
    const none = Array.from({ length: missesUntilDeaf }, () => undefined);
    expect(judged(none)).toContain(queue);
    expect(judged(['7', ...none])).toContain(queue);
  });

  it('is not blamed for a Redis that does not answer, and gets its time to come back after it', () => {
    expect(judged(Array.from({ length: 360 }, () => 'away'))).toBeUndefined();
    expect(judged([...same(missesUntilDeaf), 'away'])).toBeUndefined();
    expect(judged(['7', 'away', ...same(missesUntilDeaf - 1)])).toBeUndefined();
    expect(judged(['7', 'away', ...same(missesUntilDeaf)])).toContain(queue);
  });

  it('is not expected before it has started, nor after it was told to stop', () => {
    expect(judged(same(100), [])).toBeUndefined();
  });
});

it('names only the worker that is deaf', () => {
  let memory: Memory = {};
  for (let index = 0; index < missesUntilDeaf; index += 1) {
    const beats = { [queue]: '7', 'caretaker-pointsharp': String(index) };
    const look = { atMs: index * lookEveryMs, queues: Object.keys(beats), beats };
    memory = remember(memory, look, pulseLimits);
  }
  expect(deafness(memory, pulseLimits)).toContain(queue);
  expect(deafness(memory, pulseLimits)).not.toContain('caretaker-pointsharp');
});
