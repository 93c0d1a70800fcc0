import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showProgress } from '../../../src/commands/terminal/progress.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { escapeCode, openStreams } from '../streams.ts';
import { openTerminal } from '../terminal.ts';

/** A run of both phases, as it is seen by somebody who looks now and then. */
function showRun(progress: ReturnType<typeof showProgress>): void {
  progress.show(undefined);
  progress.show({ phase: 'plan', done: 0, total: 0 });
  for (const done of [0, 1, 9, 10, 15]) progress.show({ phase: 'plan', done, total: 20 });
  progress.show({ phase: 'gate', done: 20, total: 20 });
  progress.show({ phase: 'apply', done: 0, total: 4 });
  progress.show({ phase: 'apply', done: 1, total: 8 });
  progress.show({ phase: 'report', done: 28, total: 28 });
  progress.end();
  progress.end();
}

describe('progress without a terminal', () => {
  it('progress without a terminal is a plain line at each tenth, and each phase is completed although its end was not seen', () => {
    const { context, errors, output } = openStreams(false);
    showRun(showProgress(context, false));
    expect(errors().split('\n')).toEqual([
      'plan: 0 of 20 batches',
      'plan: 9 of 20 batches',
      'plan: 10 of 20 batches',
      'plan: 15 of 20 batches',
      'plan: 20 of 20 batches',
      'apply: 0 of 4 batches',
      'apply: 1 of 8 batches',
      'apply: 8 of 8 batches',
      '',
    ]);
    expect(output()).toBe('');
  });

  it('progress without a terminal is nothing when quiet', () => {
    const { context, errors, output } = openStreams(true);
    showRun(showProgress(context, true));
    expect(errors() + output()).toBe('');
  });

  it('progress claims no more than was seen when the run was not seen to its end', () => {
    const { context, errors } = openStreams(false);
    const progress = showProgress(context, false);
    progress.show({ phase: 'plan', done: 3, total: 10 });
    progress.end();
    expect(errors()).toBe('plan: 3 of 10 batches\n');
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
    expect(shown).toMatch(/plan {3}█+ 6\/6 batches/);
    expect(shown).toMatch(/apply {2}█+ (\d+)\/\1 batches/);
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
