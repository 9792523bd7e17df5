import { Buffer } from "node:buffer";
import { CorruptInputError } from "../media/corrupt-input.ts";
import { NalUnitType, nalUnitType } from "../media/h264/nal-unit.ts";
import { parseSps, reorderDepth, type Sps } from "../media/h264/sps.ts";

/** What a camera's session description tells of its video before any of it has come. */
export interface DescribedVideo {
  /** Frames a second that it names; null where it names none. */
  readonly fps: number | null;
  /** Whether it has the parameter sets: without them, only a key frame tells the size. */
  readonly hasParameterSets: boolean;
  /** Its parameter sets tell of B-frames. */
  readonly reorders: boolean;
}

/**
 * Reads the video sections of the SDP (RFC 8866) that ffmpeg shows at `-loglevel verbose`, in their order. None where it
 * showed no SDP.
 */
export function describedVideos(stderr: string): readonly DescribedVideo[] {
  const [, sdp = ""] = /\bSDP:\n([^]*?)(?:\n\[|\nInput #|$)/.exec(stderr) ?? [];
  return sdp
    .split(/^(?=m=)/m)
    .filter((section) => section.startsWith("m=video "))
    .map((section) => {
      const sps = spsIn(section);
      return {
        fps: namedRate(section) ?? sps?.frameRate ?? null,
        hasParameterSets: /\bsprop-(parameter-sets|sps)=./.test(section), // RFC 6184, 8.1; RFC 7798, 7.1
        reorders: sps !== null && (reorderDepth(sps) ?? 0) > 0,
      };
    });
}

/** `a=framerate:29.97` (RFC 8866, 6.11). */
function namedRate(section: string): number | null {
  const fps = Number(/^a=framerate: ?([\d.]+)/m.exec(section)?.[1]);
  return fps > 0 ? fps : null;
}

/** The SPS among `sprop-parameter-sets`, base64 with commas between; null where there is none. */
function spsIn(section: string): Sps | null {
  const sets = /\bsprop-parameter-sets=([\w+/=,]+)/.exec(section)?.[1] ?? "";
  const sps = sets
    .split(",")
    .map((set) => Buffer.from(set, "base64"))
    .find(([header = 0]) => nalUnitType(header) === NalUnitType.sps);
  try {
    return sps === undefined ? null : parseSps(sps);
  } catch (error) {
    if (error instanceof CorruptInputError) return null; // the stream's own may be right
    throw error;
  }
}
