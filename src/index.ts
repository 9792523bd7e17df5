import type { AppOptions } from "./app/app.ts";
import { startStream as startOne } from "./app/start-stream.ts";
import type { Channel } from "./channel/channel.ts";
import { type GivenSettings, settingsFromCode } from "./settings/from-code.ts";

export interface StreamOptions extends AppOptions {
  /** Stops the stream when it is raised. */
  readonly signal?: AbortSignal;
}

/**
 * Puts a device on the air, from code:
 *
 *     const stream = await startStream({ device: "test", port: 0 });
 *     console.log((await stream.onAir)?.url);
 *     await stream.stop();
 *
 * Settings left out have the command line's defaults. `await using stream = …` stops it at the end of its block.
 *
 * @throws UserError when the settings contradict each other, the device cannot be opened or the port cannot be had
 * @throws the signal's reason where it was raised before the start
 */
export async function startStream(
  settings: GivenSettings,
  { signal, ...options }: StreamOptions = {},
): Promise<Channel> {
  const checked = settingsFromCode(settings);
  signal?.throwIfAborted();
  const stream = await startOne(checked, options);
  const stop = () => void stream.stop(); // how it went is what `ended` says
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  stream.ended.catch(() => undefined).finally(() => signal?.removeEventListener("abort", stop));
  return stream;
}

export type { Channel as Stream } from "./channel/channel.ts";
export type { OnAir } from "./channel/description.ts";
export { type ExitReason, exitCodes, UserError } from "./errors.ts";
export type { EventName, LogEvent, LogLevel } from "./log.ts";
export type { GivenSettings } from "./settings/from-code.ts";
export type { Size } from "./settings/settings.ts";
export type { InputStatus, MediaTotals, Still, StreamState, StreamStatus } from "./status.ts";
export type {
  /** @deprecated Use `Stream`: this name goes with the next version. */
  Channel as Cast,
  /** @deprecated Use `StreamOptions`: this name goes with the next version. */
  StreamOptions as CastOptions,
};
export {
  /** @deprecated Use `startStream`: this name goes with the next version. */
  startStream as startCast,
};
