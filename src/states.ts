/*
 * The states of a stream and its inputs. Separate from the status schema, so that capturing a device does not load zod.
 */

export const streamStates = ["starting", "waiting", "idle", "on-air", "degraded", "ended"] as const;

/** `waiting`: for the stream, for a viewer or for the next attempt. */
export const pushStates = ["connecting", "up", "waiting"] as const;

/** `waiting`: for the stream, or for a viewer. `paused`: nothing can be written at the moment. */
export const recordingStates = ["recording", "waiting", "off-hours", "paused"] as const;

/** `running`: it sends. `starting`: its process has sent nothing yet. `waiting`: for the next attempt. */
export const inputStates = ["starting", "running", "waiting", "ended"] as const;
