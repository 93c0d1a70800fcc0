import { defineConfig } from 'vitest/config';

/** The console in a real browser: apart from all other tests, because not every machine has one. */
export default defineConfig({
  test: {
    include: ['test/ops/console.browser.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
