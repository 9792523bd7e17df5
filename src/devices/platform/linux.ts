import type { Microphone } from "../device.ts";
import { alsaCaptures, alsaMicrophones } from "./alsa.ts";
import type { ListingContext, Platform } from "./platform.ts";
import { pulseMicrophone, pulseSources, standsFor } from "./pulse.ts";
import { v4l2Cameras } from "./v4l2.ts";
import { x11Screens } from "./x11.ts";

/** Linux: V4L2 cameras, sound from a server or from ALSA itself, X11 screens. */
export const linux: Platform = { cameras: v4l2Cameras, microphones, screens: x11Screens };

/** What a server holds is taken from the server; what records the machine's own sound comes last. */
async function microphones({ machine }: ListingContext): Promise<readonly Microphone[]> {
  const [captures, sources] = await Promise.all([alsaCaptures(machine), pulseSources(machine)]);
  const free = captures.filter((capture) => !sources.some((source) => standsFor(source, capture)));
  const [served, direct] = await Promise.all([
    Promise.all(sources.map((source) => pulseMicrophone(machine, source, captures))),
    alsaMicrophones(machine, free),
  ]);
  return [
    ...served.filter((source) => !source.isMonitor),
    ...direct,
    ...served.filter((source) => source.isMonitor),
  ].map((microphone, index) => ({ ...microphone, alias: `mic${index}` }));
}
