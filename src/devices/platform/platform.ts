import type { Machine } from "../../system/machine.ts";
import type { Camera, Microphone, Screen } from "../device.ts";

/** What a listing looks at, and the ffmpeg that it may ask. */
export interface ListingContext {
  readonly machine: Machine;
  readonly ffmpegPath: string;
}

/** How one operating system's devices are found: a file per platform. Nothing here throws: what cannot be seen is left out. */
export interface Platform {
  cameras(context: ListingContext): Promise<readonly Camera[]>;
  microphones(context: ListingContext): Promise<readonly Microphone[]>;
  screens(context: ListingContext): Promise<readonly Screen[]>;
}
