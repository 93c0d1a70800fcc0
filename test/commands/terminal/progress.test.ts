import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPace } from '../../../src/commands/terminal/pace.ts';
import { showProgress } from '../../../src/commands/terminal/progress.ts';
import type { RunProgress } from '../../../src/queue/views/run-progress.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { escapeCode, openStreams } from '../streams.ts';
import { openTerminal } from '../terminal.ts';

/** A context whose clock is a second later at each look at the time. */
function openClock(terminal: boolean) {
  const streams = openStreams(terminal);
  let seconds = 0;
  const start = DateTime.utc(2026);
  const now = () => start.plus({ seconds: seconds++ });
  return { ...streams, context: { ...streams.context, now } };
}

/** A phase whose batches have ten users or actions each. */
function inTens(phase: string, done: number, total: number): RunProgress {
  const what = phase === 'plan' ? 'users' : 'actions';
  return { phase, done, total, items: { what, done: done * 10, total: total * 10 - 5 } };
}

/** A run of both phases, as it is seen by somebody who looks now and then. */
function showRun(progress: ReturnType<typeof showProgress>): void {
  progress.show(undefined);
  progress.show({ phase: 'plan', done: 0, total: 0, items: { what: 'users', done: 0, total: undefined } });
  for (const done of [0, 1, 9, 10, 15]) progress.show(inTens('plan', done, 20));
  progress.show({ phase: 'gate', done: 20, total: 20, items: undefined });
  progress.show({ ...inTens('apply', 0, 4), total: 0 });
  progress.show(inTens('apply', 1, 8));
  progress.show({ phase: 'report', done: 28, total: 28, items: undefined });
  progress.end();
  progress.end();
}

describe('progress without a terminal', () => {
  it('progress without a terminal is a plain line at each tenth, and each phase is completed although its end was not seen', () => {
    const { context, errors, output } = openClock(false);
    showRun(showProgress(context, false));
    expect(errors().split('\n')).toEqual([
      'plan: 0 of 195 users',
      'plan: 90 of 195 users, 45/s, 3 s left',
      'plan: 100 of 195 users, 33/s, 3 s left',
      'plan: 150 of 195 users, 38/s, 2 s left',
      'plan: 195 of 195 users, 39/s',
      'apply: 10 of 75 actions',
      'apply: 75 of 75 actions, 65/s',
      '',
    ]);
    expect(output()).toBe('');
  });

  it('progress of a run that is to stop ends where it was, as what comes back was not done', () => {
    const { context, errors } = openClock(false);
    const progress = showProgress(context, false);
    progress.show(inTens('apply', 1, 8));
    progress.show({ ...inTens('apply', 7, 8), isStopping: true });
    progress.show({ phase: 'report', done: 8, total: 8, items: undefined, isStopping: true });
    progress.end();
    expect(errors()).toBe('apply: 10 of 75 actions\n');
  });

  it('progress without a terminal is nothing when quiet', () => {
    const { context, errors, output } = openStreams(true);
    showRun(showProgress(context, true));
    expect(errors() + output()).toBe('');
  });

  it('progress claims no more than was seen when the run was not seen to its end', () => {
    const { context, errors } = openClock(false);
    const progress = showProgress(context, false);
    progress.show(inTens('plan', 3, 10));
    progress.end();
    expect(errors()).toBe('plan: 30 of 95 users\n');
  });

  it('progress says how many users there are, and how long it takes, once the roster is read', () => {
    const { context, errors } = openClock(false);
    const progress = showProgress(context, false);
    const unread = { what: 'users', total: undefined } as const;
    progress.show({ phase: 'plan', done: 0, total: 5, items: { ...unread, done: 0 } });
    progress.show({ phase: 'plan', done: 2, total: 10, items: { ...unread, done: 20 } });
    progress.show(inTens('plan', 4, 10));
    expect(errors().split('\n')).toEqual([
      'plan: 0 users',
      'plan: 20 users, 20/s',
      'plan: 40 of 95 users, 20/s, 3 s left',
      '',
    ]);
  });
});

describe('the pace of a phase', () => {
  const slow = (what: 'users', done: number, total: number) => ({ what, done, total });

  it('the pace counts from the first look, and not what was done before', () => {
    const { context } = openClock(false);
    const pace = createPace(context.now);
    expect(pace.text(slow('users', 1000, 2000))).toBe('');
    expect(pace.text(slow('users', 1010, 2000))).toBe('10/s, 1 min 39 s left');
  });

  it('the pace does not sink between two batches', () => {
    const { context } = openClock(false);
    const pace = createPace(context.now);
    const texts = [0, 8, 8, 8, 8].map((done) => pace.text(slow('users', done, 16)));
    expect(texts).toEqual(['', ...Array(4).fill('8.0/s, 1 s left')]);
  });

  it.each([
    [1, '1.0/s, 3 h 16 min left'],
    [9, '9.0/s, 21 min 49 s left'],
    [12, '12/s, 16 min 22 s left'],
  ])('the pace of %s users a second is told with the time left', (done, text) => {
    const { context } = openClock(false);
    const pace = createPace(context.now);
    pace.text(slow('users', 0, 11_785));
    expect(pace.text(slow('users', done, 11_785))).toBe(text);
  });

  it('the pace of less than one a second is told by the minute', () => {
    const { context } = openClock(false);
    const pace = createPace(context.now);
    const texts = [0, 0, 0, 0, 1].map((done) => pace.text(slow('users', done, 4)));
    expect(texts.at(-1)).toBe('15.0/min, 12 s left');
  });
});

describe('progress on a terminal', () => {
  let endToEnd: EndToEnd;
  beforeAll(async () => {
    endToEnd = await openEndToEnd({ users: 30 });
  });
  afterAll(() => endToEnd.close());
  const enforce = {
    CARETAKER_MODE: 'enforce',
    REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
    REFRESH_TIMED_DEVICES_BATCH_SIZE: '5',
    // All writes at once: the few of the canary are over before they are seen.
    REFRESH_TIMED_DEVICES_VERIFY: 'none',
  };

  it('progress on a terminal is a bar for each phase, filled at its end, and no log lines between', async () => {
    // Slow enough for both phases to be seen.
    endToEnd.simulators.pointsharp.faults.latencyMs = 60;
    const terminal = openTerminal(['run', 'refresh-timed-devices'], { ...endToEnd.environment, ...enforce });
    const { code, shown } = await terminal.ended;
    endToEnd.simulators.pointsharp.faults.latencyMs = 0;
    expect(code).toBe(0);
    expect(shown).toMatch(/plan {3}█{20} 30\/30 users {2}[\d.]+\/(s|min)/);
    expect(shown).toMatch(/apply {2}█{20} (\d+)\/\1 actions {2}[\d.]+\/(s|min)/);
    expect(shown).not.toContain('"level"');
    // The cursor that was hidden is there again.
    expect(shown.lastIndexOf(`${escapeCode}[?25h`)).toBeGreaterThan(shown.lastIndexOf(`${escapeCode}[?25l`));
    expect(shown).toContain(`${escapeCode}[32mcompleted${escapeCode}[39m in enforce`);
  });

  it('progress on a terminal has no color with NO_COLOR', async () => {
    const terminal = openTerminal(['runs'], { ...endToEnd.environment, NO_COLOR: '1' });
    const { code, shown } = await terminal.ended;
    expect(code).toBe(0);
    expect(shown).toMatch(/^run +job +status/);
    expect(shown).not.toContain(escapeCode);
  });

  it('progress on a terminal is nothing with --json', async () => {
    const words = ['run', 'audit-pocket', '--json'];
    const { code, shown } = await openTerminal(words, endToEnd.environment).ended;
    expect(code).toBe(0);
    expect(JSON.parse(shown)).toMatchObject({ run: { job: 'audit-pocket', status: 'completed' } });
  });
});
