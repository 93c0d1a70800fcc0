import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real processes and a real Redis take their time on a busy machine; a test that hangs still has to end.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
