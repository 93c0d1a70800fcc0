import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/bundle-once.ts',
    // Real processes and a real Redis take their time on a busy machine; a test that hangs still has to end.
    testTimeout: 120_000,
    // Most tests wait for processes of their own: of two cores, two files at a time leave a third idle (measured: 427 s against 499 s, when each command had one).
    maxWorkers: 4,
    // Files share what they import, and commands run to their end in the process of their test: starting both over costs most.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    hookTimeout: 120_000,
  },
});
