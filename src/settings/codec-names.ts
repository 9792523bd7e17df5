import type { VideoCodec } from "../media/packet.ts";
import type { WantedVideoCodec } from "./settings.ts";

const codecs: Readonly<Record<WantedVideoCodec, VideoCodec | null>> = {
  ...{ auto: null, h264: "h264", h265: "hevc", av1: "av1" },
};

/** The codec that the option names; null for `auto`. */
export function codecCalled(name: WantedVideoCodec): VideoCodec | null {
  return codecs[name];
}

export function nameOfCodec(codec: VideoCodec): Exclude<WantedVideoCodec, "auto"> {
  return codec === "hevc" ? "h265" : codec;
}
