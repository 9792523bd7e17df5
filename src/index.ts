import type { AppOptions } from "./app/app.ts";
import { startStream as startOne } from "./app/start-stream.ts";
import type { Channel } from "./channel/channel.ts";
import { completeSettings, type GivenSettings } from "./settings/resolve.ts";

/**
 * Puts a device on the air, from code:
 *
 *     const stream = await startStream({ device: "test", port: 0 });
 *     console.log((await stream.onAir)?.url);
 *     await stream.stop();
 *
 * Settings left out have the command line's defaults.
 *
 * @throws UserError when the settings contradict each other, the device cannot be opened or the port cannot be had
 */
export async function startStream(settings: GivenSettings, options: AppOptions = {}): Promise<Channel> {
  return startOne(completeSettings(settings), options);
}

export type { AppOptions as StreamOptions } from "./app/app.ts";
export type { Channel as Stream } from "./channel/channel.ts";
export type { OnAir } from "./channel/description.ts";
export { type ExitReason, exitCodes, UserError } from "./errors.ts";
export type { EventName, LogEvent, LogLevel } from "./log.ts";
export type { GivenSettings } from "./settings/resolve.ts";
export type { Size } from "./settings/settings.ts";
export type {
  /** @deprecated Use `StreamOptions`: this name goes with the next version. */
  AppOptions as CastOptions,
  /** @deprecated Use `Stream`: this name goes with the next version. */
  Channel as Cast,
};
export {
  /** @deprecated Use `startStream`: this name goes with the next version. */
  startStream as startCast,
};
