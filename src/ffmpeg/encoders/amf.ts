import type { VideoCodec } from "../../media/packet.ts";
import type { Encoder } from "../encoder.ts";
import { heldBitrate, keyFrames } from "./goal-arguments.ts";

/** AMD, by its own driver; AV1 since ffmpeg 6.1. -latency and -forced_idr came late to it: the usage says enough. */
export function amf(codec: VideoCodec): Encoder {
  return {
    ...{ name: `${codec}_amf`, codec, platforms: ["win32", "linux"], hardware: { kind: "driver" } },
    openOptions: () => [],
    filters: ["format=nv12"],
    arguments: (goal, profile) => [
      ...["-c:v", `${codec}_amf`, "-usage", codec === "av1" ? "lowlatency" : "ultralowlatency"],
      ...["-quality", "speed", "-profile:v", profile === "baseline" ? "constrained_baseline" : profile],
      ...["-rc", "cbr", "-bf", "0"],
      ...heldBitrate(goal),
      ...keyFrames(goal),
    ],
  };
}
