import type { VideoCodec } from "../../media/packet.ts";
import type { Encoder, EncodingGoal } from "../encoder.ts";
import { decodedBeside, hwaccel, scaledBy } from "./decoding.ts";
import { heldBitrate, keyFrames, lookahead } from "./goal-arguments.ts";

/** -delay: the default holds back as many frames as there are surfaces. */
const AT_ONCE = ["-rc", "cbr", "-delay", "0", "-zerolatency", "1", "-bf", "0"];

/** H.265's B-frames came with Turing, which the probe finds out. */
function heldBack({ fps }: EncodingGoal): readonly string[] {
  const lookingAhead = ["-rc-lookahead", String(Math.min(lookahead(fps), 32))];
  return ["-rc", "cbr", "-bf", "3", ...lookingAhead];
}

/** NVIDIA; AV1 from Ada (RTX 40) on. Its `-gpu` stays at "any": ffmpeg then takes the first card that can encode (libavcodec/nvenc.c). */
export function nvenc(codec: VideoCodec): Encoder {
  return {
    ...{ name: `${codec}_nvenc`, codec, platforms: ["linux", "win32"], hardware: { kind: "driver" } },
    openOptions: () => [],
    filters: ["format=yuv420p"], // also RGB is taken, and its matrix would then be the driver's own
    ...(codec === "av1" ? {} : { heldFrames: (fps) => lookahead(fps) + 5 }),
    arguments: (goal, profile) => [
      ...[
        "-c:v",
        `${codec}_nvenc`,
        ...(goal.latency === "normal" ? ["-preset", "p4", "-tune", "hq"] : ["-preset", "p2", "-tune", "ll"]),
      ],
      ...(codec === "av1" ? [] : ["-profile:v", profile]), // there is one alone, and no option for it
      ...(goal.latency === "normal" ? heldBack(goal) : AT_ONCE),
      ...heldBitrate(goal),
      // Forced key frames are no IDR pictures without forced-idr, and may come late with it (Jellyfin does not force).
      ...["-forced-idr", "1", ...keyFrames(goal)],
    ],
    decodes: { codecs: decodedBeside(codec), options: hwaccel("cuda"), frames: scaledBy("scale_cuda") },
  };
}
