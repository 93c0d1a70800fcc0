import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real processes and a real Redis take their time on a busy machine; a test that hangs still has to end.
    testTimeout: 60_000,
    // Most tests wait for processes of their own; one file at a time would leave half of two cores idle.
    maxWorkers: 2,
    hookTimeout: 60_000,
  },
});
