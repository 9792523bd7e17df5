import { type Cast, type CastOptions, startCast as runCast } from "./channel/channel.ts";
import { completeSettings, type GivenSettings } from "./settings/resolve.ts";

/**
 * Puts a device on the air, from code:
 *
 *     const cast = await startCast({ device: "test", port: 0 });
 *     console.log((await cast.onAir)?.url);
 *     await cast.stop();
 *
 * Settings left out have the command line's defaults.
 *
 * @throws UserError when the settings contradict each other, the device cannot be opened or the port cannot be had
 */
export async function startCast(settings: GivenSettings, options: CastOptions = {}): Promise<Cast> {
  return runCast(completeSettings(settings), options);
}

export type { Cast, CastOptions } from "./channel/channel.ts";
export type { OnAir } from "./channel/description.ts";
export { type ExitReason, exitCodes, UserError } from "./errors.ts";
export type { EventName, LogEvent, LogLevel } from "./log.ts";
export type { GivenSettings } from "./settings/resolve.ts";
export type { Size, StartSettings } from "./settings/settings.ts";
