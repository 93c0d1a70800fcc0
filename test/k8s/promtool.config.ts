import { defineConfig } from 'vitest/config';

/** The alerts, also by promtool: apart from all other tests, because not every machine has it. */
export default defineConfig({
  test: {
    include: ['test/k8s/monitoring.promtool.ts', 'test/k8s/monitoring-*.test.ts'],
    testTimeout: 120_000,
  },
});
