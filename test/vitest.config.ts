import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

/** The default run: every test except the conformance suites, which need other vendors' clients, and the checks on real processes (test/live). */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/conformance/**', 'test/live/**'],
    pool: 'forks',
    maxWorkers: 2,
    // Bounds for a hanging test, far above what any takes on a quiet machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
