import { expect } from 'expect';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from 'jest-circus';

/**
 * What the warm runner gives to test files in place of `@jest/globals`, which exists only inside jest: jest's own
 * `expect`, and the functions of jest's own runner that collect tests.
 */
export { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test };
