import type { Device, Devices } from "../device.ts";
import { linux } from "./linux.ts";
import { macos } from "./macos.ts";
import type { ListingContext, Platform } from "./platform.ts";
import { windows } from "./windows.ts";

const platforms: Partial<Record<NodeJS.Platform, Platform>> = { linux, darwin: macos, win32: windows };

const ALL: readonly Device["kind"][] = ["camera", "microphone", "screen"];

/** The machine's devices of these kinds; none of a kind that was not asked for, nor on a platform nobody has taught us. */
export async function listDevices(
  context: ListingContext,
  kinds: readonly Device["kind"][] = ALL,
): Promise<Devices> {
  const platform = platforms[context.machine.platform];
  const has = (kind: Device["kind"]) => kinds.includes(kind);
  const [cameras, microphones, screens] = await Promise.all([
    (has("camera") && platform?.cameras(context)) || [],
    (has("microphone") && platform?.microphones(context)) || [],
    (has("screen") && platform?.screens(context)) || [],
  ]);
  return { cameras, microphones, screens };
}
