import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

/** Suites of what has no state of its own beyond what a test makes: they need no process for each file. */
const STATELESS = [
  'test/{async,bus,cache,commands,domain,exchanges,execution,graphql,loaders,simulator,transport}/**/*.test.ts',
];

export default defineConfig({
  resolve: {
    alias: [
      // Vite resolves the bare name to graphql's development build while Yoga and Pothos, which Node loads itself,
      // get the other one; errors and types of one copy are strangers to the other.
      { find: /^graphql$/, replacement: fileURLToPath(new URL('./node_modules/graphql/index.mjs', import.meta.url)) },
    ],
  },
  test: {
    setupFiles: ['test/support/property-runs.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      { extends: true, test: { name: 'stateless', include: STATELESS, isolate: false } },
      {
        extends: true,
        test: {
          name: 'all other',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...STATELESS],
          globalSetup: ['test/support/mongo-setup.ts'],
        },
      },
    ],
  },
});
