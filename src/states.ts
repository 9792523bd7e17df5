/*
 * The words for how a stream and its inputs are doing. Apart from the schema of a status: what counts them while a
 * device is captured need not load zod for that.
 */

export const streamStates = ["starting", "waiting", "on-air", "degraded", "ended"] as const;

/** `running`: it sends. `starting`: its process runs and has sent nothing yet. `waiting`: for its next try. */
export const inputStates = ["starting", "running", "waiting", "ended"] as const;
