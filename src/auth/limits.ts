/*
 * How hard a token is to guess, and how often anyone may guess. The two belong together: test/auth/guessing.test.ts has the
 * years that come of them.
 */

/** Words of a token that is made, each one of 1,296: 51.7 bits. */
export const MADE_WORDS = 5;
/** Of a token that is chosen. Eight letters and digits at random are 41 bits. */
export const MIN_TOKEN_LENGTH = 8;
export const MAX_TOKEN_LENGTH = 256;

/** Wrong tokens that an address may present before it has to wait. */
export const MAX_FAILURES = 10;
/** From the first of them on. Further tries do not extend it, so that others at the same address soon get in. */
export const FAILURES_WINDOW_MS = 60_000;
/** The addresses that are remembered, at some 100 bytes each. Beyond, those that failed longest ago are forgotten. */
export const MAX_ADDRESSES = 10_000;
