import type { Source, SourceVideo } from "../devices/source.ts";
import type { ChosenEncoder, Decoding } from "./encoder.ts";

/** How one process decodes on the encoder's chip. */
export interface PlannedDecoding {
  readonly decoding: Exclude<Decoding, "cpu">;
  /** Before the input. */
  readonly inputOptions: readonly string[];
}

/**
 * The decoding of a live input on the chip that encodes it; null where the CPU does it: what is not compressed, what the
 * chip does not take, and files, which are not begun again when it fails. `hasOtherFilters`: something is done to the frames that
 * takes them in main memory.
 */
export function planDecoding(
  source: Source,
  video: SourceVideo,
  { encoder: { encoder, node }, decoding, hasOtherFilters }: DecodingOptions,
): PlannedDecoding | null {
  const hardware = encoder.decodes;
  const isLive = source.clock !== "own" && !source.hasEnd;
  // DirectShow is told the camera's format by -vcodec, which would name the decoder, too.
  const isTold = source.inputOptions.includes("-vcodec");
  if (decoding === "cpu" || !isLive || isTold || !hardware?.codecs.includes(video.codec)) return null;
  const isKept =
    decoding === "gpu-frames" && hardware.frames !== undefined && !hasOtherFilters && canStay(video);
  return {
    decoding: isKept ? "gpu-frames" : "gpu",
    inputOptions: hardware.options(video.codec, { node, isKept }),
  };
}

interface DecodingOptions {
  readonly encoder: ChosenEncoder;
  readonly decoding: Decoding;
  readonly hasOtherFilters: boolean;
}

/** What the source's own filters do has its like on the chip, and ffmpeg turns nothing by itself. */
function canStay({ gpuFilters, rotation = 0 }: SourceVideo): boolean {
  return gpuFilters !== undefined && rotation === 0;
}

/** ffmpeg's line where it decodes on the CPU after all: libavcodec/decode.c, from 5.1 to 9.0. */
export function isRefusedByHardware(line: string): boolean {
  return /Failed setup for format \S+: hwaccel initialisation returned error/.test(line);
}
