import type { VideoCodec } from "../../media/packet.ts";
import type { Encoder } from "../encoder.ts";
import { decodedBeside, scaledBy } from "./decoding.ts";
import { heldBitrate, keyFrames } from "./goal-arguments.ts";
import { renderNodes } from "./render-nodes.ts";

/** Intel; AV1 from Arc on. The node is that of its VA-API device; on Windows it finds the GPU through Direct3D. */
export function qsv(codec: VideoCodec): Encoder {
  return {
    ...{ name: `${codec}_qsv`, codec, platforms: ["linux", "win32"], hardware: renderNodes },
    openOptions: (node) => (node === null ? [] : ["-init_hw_device", `qsv=gpu:hw,child_device=${node}`]),
    filters: ["format=nv12"],
    ...(codec === "av1" ? {} : { heldFrames: () => 5 }),
    arguments: (goal, profile) => [
      ...["-c:v", `${codec}_qsv`, "-preset", "veryfast", "-profile:v", profile],
      ...["-async_depth", "1", "-bf", goal.latency === "normal" ? "3" : "0"], // by default four pictures wait in it
      ...heldBitrate(goal), // an average that is the ceiling is CBR to it (libavcodec/qsvenc.c)
      // Else small bit rates come out in blocks (Jellyfin); AV1 has no such option.
      ...(codec !== "av1" && goal.bitrateKbps < 1000 ? ["-mbbrc", "1"] : []),
      ...["-forced_idr", "1", ...keyFrames(goal)],
    ],
    decodes: {
      codecs: decodedBeside(codec),
      // A decoder of its own, which ffmpeg 5 has to be told by name, and which holds back four frames by default.
      options: (decoded, { node, isKept }) => [
        ...["-hwaccel", "qsv", ...(node === null ? [] : ["-hwaccel_device", "gpu"])],
        ...["-hwaccel_output_format", isKept ? "qsv" : "nv12"],
        ...["-c:v", `${decoded === "mpeg2video" ? "mpeg2" : decoded}_qsv`, "-async_depth", "1"],
      ],
      frames: scaledBy("scale_qsv"),
    },
  };
}
