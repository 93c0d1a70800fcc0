import { env } from 'node:process';

const { ROOM: room = 'policies' } = env;

/** `ROOM=runs npm run test:mutation`: changes the sources of one room, one place at a time, and runs its tests. */
export default {
  mutate: [`src/${room}/**/*.ts`],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  // Stryker would rewrite its paths with an API that TypeScript 7 does not have; ours extends nothing.
  tsconfigFile: 'none',
  ignorePatterns: ['bench', 'k8s'],
  concurrency: 1,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { reportTests: false, allowColor: false },
  allowConsoleColors: false,
  jsonReporter: { fileName: `reports/mutation/${room}.json` },
};
