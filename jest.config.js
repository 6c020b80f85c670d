// Plain JavaScript: must load on a wrong Node, to say so.
export default {
  testEnvironment: 'node',
  // Stops a test that hangs, and is no assertion: on a machine with ten times the load every test still ends long before.
  testTimeout: 900_000,
  // Jest leaves a core free otherwise, which is half of a small machine.
  maxWorkers: '100%',
  // A worker keeps the modules of every test file that it has run; after some gigabytes it only collects garbage.
  workerIdleMemoryLimit: '1GB',
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/.stryker-tmp/'],
  modulePathIgnorePatterns: [
    '<rootDir>/.stryker-tmp/',
    '<rootDir>/cdk.out/',
    '<rootDir>/out/',
    '<rootDir>/dist/',
    '<rootDir>/jsii/',
  ],
  // An embedded Harbor of the same process is asked without a socket, where a test says so.
  moduleNameMapper: { '^node-fetch$': '<rootDir>/test/support/near-fetch.js' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  coverageProvider: 'v8',
  collectCoverageFrom: ['lib/**/*.ts', 'functions/**/*.ts'],
  // Does nothing unless TEST_DATE is set.
  setupFiles: ['<rootDir>/test/support/shifted-clock.js'],
  setupFilesAfterEnv: ['aws-cdk-lib/testhelpers/jest-autoclean'],
};
