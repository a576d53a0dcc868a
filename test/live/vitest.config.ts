import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Checks on real processes; one file at a time, because what they measure suffers from neighbours. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/live/**/*.test.ts'],
    globalSetup: ['test/live/harness/build-package.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
