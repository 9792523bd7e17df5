import type { VideoCodec } from "../../media/packet.ts";
import type { Encoder } from "../encoder.ts";
import { decodedBeside, hwaccel, scaledBy } from "./decoding.ts";
import { heldBitrate, keyFrames } from "./goal-arguments.ts";

/** NVIDIA; AV1 from Ada (RTX 40) on. Its `-gpu` stays at "any": ffmpeg then takes the first card that can encode (libavcodec/nvenc.c). */
export function nvenc(codec: VideoCodec): Encoder {
  return {
    ...{ name: `${codec}_nvenc`, codec, platforms: ["linux", "win32"], hardware: { kind: "driver" } },
    openOptions: () => [],
    filters: ["format=yuv420p"], // also RGB is taken, and its matrix would then be the driver's own
    arguments: (goal, profile) => [
      ...["-c:v", `${codec}_nvenc`, "-preset", "p2", "-tune", "ll"],
      ...(codec === "av1" ? [] : ["-profile:v", profile]), // there is one alone, and no option for it
      // -delay: the default holds back as many frames as there are surfaces.
      ...["-rc", "cbr", "-delay", "0", "-zerolatency", "1", "-bf", "0"],
      ...heldBitrate(goal),
      // Forced key frames are no IDR pictures without forced-idr, and may come late with it (Jellyfin does not force).
      ...["-forced-idr", "1", ...keyFrames(goal)],
    ],
    decodes: { codecs: decodedBeside(codec), options: hwaccel("cuda"), frames: scaledBy("scale_cuda") },
  };
}
