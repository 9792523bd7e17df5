import type { Encoder } from "../encoder.ts";
import { hwaccel } from "./decoding.ts";
import { keyFrames } from "./goal-arguments.ts";

/**
 * Apple. Only an average bit rate: a ceiling can hang it (Jellyfin). No -prio_speed, which older ffmpegs lack, and no
 * low_delay flag: its rate control has an endless group of pictures (libavcodec/videotoolboxenc.c).
 */
export function videotoolbox(codec: "h264" | "hevc"): Encoder {
  return {
    ...{ name: `${codec}_videotoolbox`, codec, platforms: ["darwin"], hardware: { kind: "driver" } },
    openOptions: () => [],
    filters: ["format=nv12"],
    heldFrames: () => 6,
    arguments: (goal, profile) => [
      ...["-c:v", `${codec}_videotoolbox`, "-profile:v", profile],
      ...(goal.latency === "normal" ? ["-realtime", "0", "-bf", "3"] : ["-realtime", "1", "-bf", "0"]),
      ...["-b:v", `${goal.bitrateKbps}k`],
      ...keyFrames(goal), // a forced picture is a sync sample (libavcodec/videotoolboxenc.c)
    ],
    decodes: { codecs: ["h264", "hevc"], options: hwaccel("videotoolbox") },
  };
}
