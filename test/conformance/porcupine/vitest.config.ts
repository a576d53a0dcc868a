import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The comparison with Porcupine, which needs Go. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['test/conformance/porcupine/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
