/** flvcast from code: `const cast = await startCast(settings({ device: "test" }))`. */
export { type Cast, type CastOptions, startCast } from "./cast.ts";
export { type ExitReason, exitCodes, UserError } from "./failure.ts";
export type { OnAir } from "./on-air.ts";
export type { Size, StartSettings } from "./settings/settings.ts";
