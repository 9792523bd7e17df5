import { type Channel, type ChannelOptions, startStream as runChannel } from "./channel/channel.ts";
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
export async function startStream(settings: GivenSettings, options: ChannelOptions = {}): Promise<Channel> {
  return runChannel(completeSettings(settings), options);
}

export type { Channel, ChannelOptions } from "./channel/channel.ts";
export type { OnAir } from "./channel/description.ts";
export { type ExitReason, exitCodes, UserError } from "./errors.ts";
export type { EventName, LogEvent, LogLevel } from "./log.ts";
export type { GivenSettings } from "./settings/resolve.ts";
export type { Size } from "./settings/settings.ts";
export type {
  /** @deprecated Use `Channel`: this name goes with the next version. */
  Channel as Cast,
  /** @deprecated Use `ChannelOptions`: this name goes with the next version. */
  ChannelOptions as CastOptions,
};
export {
  /** @deprecated Use `startStream`: this name goes with the next version. */
  startStream as startCast,
};
