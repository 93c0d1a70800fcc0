import { env } from 'node:process';
import { defineConfig } from 'vitest/config';

const { ROOM: room = 'policies' } = env;

/** The tests of one room: each mutant is tried with those of them that reach it. */
export default defineConfig({
  test: {
    // The page of all settings holds their defaults and texts.
    include: [`test/${room}/**/*.test.ts`, 'test/config/reference.test.ts'],
    setupFiles: ['test/mutation/seed.ts'],
    // A busy machine must not take a slow test for one that has noticed a mutant.
    testTimeout: 60_000,
  },
});
