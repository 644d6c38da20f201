import { defineConfig } from 'vitest/config'

// Rules, schemas and facts need no database: they run in seconds and are part of `npm run check`.
const pure = [
  'src/kernel/**/*.test.ts',
  'src/wechat/**/*.test.ts',
  'src/modules/*/rules.test.ts',
  'src/modules/*/rules/**/*.test.ts',
  'src/modules/*/schema.test.ts',
  'src/modules/*/schema/**/*.test.ts',
  'src/**/*.pure.test.ts',
]
const apart = ['**/node_modules/**', '**/dist/**']

export default defineConfig({
  test: {
    // Two cores, shared with PostgreSQL; much of what is tested waits for real time.
    maxWorkers: 3,
    // One process runs many files: their modules are read once.
    isolate: false,
    // far beyond what they take: what is slow is the machine
    testTimeout: 120_000,
    hookTimeout: 240_000,
    teardownTimeout: 30_000,
    expect: { poll: { timeout: 90_000 } },
    projects: [
      { extends: true, test: { name: 'pure', include: pure, exclude: apart } },
      {
        extends: true,
        test: {
          name: 'database',
          include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [...apart, ...pure],
          globalSetup: ['tests/support/postgres.ts'],
          setupFiles: ['tests/support/setup.ts'],
        },
      },
    ],
  },
})
