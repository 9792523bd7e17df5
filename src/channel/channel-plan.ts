import type { StampedBy } from "../devices/camera-source.ts";
import { release } from "../devices/source.ts";
import type { EncoderChoice } from "../encoders/choose.ts";
import type { ChosenEncoder, Decoding } from "../ffmpeg/encoder.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import type { LateKeyFrames, ProcessPlan } from "../ffmpeg/plan.ts";
import type { Rates } from "../media/flv/metadata.ts";
import type { Tracks } from "../media/packet.ts";

/** What a channel captures and how: decided before anything is captured. */
export interface ChannelPlan {
  /** null where no process is run. */
  readonly ffmpeg: FfmpegBinary | null;
  /** One process per input; the first is the device's own, and the stream ends with it. */
  readonly processes: readonly ProcessPlan[];
  /** Raw H.264 comes on our stdin, beside what the processes bring. */
  readonly readsStdin: boolean;
  /** The picture is passed through, by `--copy` or as the camera's own H.264. */
  readonly isCopied: boolean;
  readonly tracks: Tracks;
  readonly rates: Rates;
  /** How pictures are encoded, and why so; null where nothing is encoded. */
  readonly encoder: EncoderChoice | null;
  readonly overrides: Overrides;
}

/** What sessions that failed have taught the next one. */
export interface Overrides {
  readonly stampedBy: StampedBy;
  /** A camera's own H.264 is not to go out as it is: it has B-frames, and nobody tells when they are shown. */
  readonly transcodes: boolean;
  /** What a network camera sends has B-frames. */
  readonly reorders: boolean;
  readonly through: "pipes" | "loopback";
  /** Encoders that passed their trial and then failed. */
  readonly brokenEncoders: readonly ChosenEncoder[];
  /** Where key frames came late, how they are counted from the next process on. */
  readonly lateKeyFrames: LateKeyFrames | null;
  readonly decodingThreads: number | null;
  readonly decoding: Decoding;
}

export const noOverrides: Overrides = {
  ...{ stampedBy: "driver", transcodes: false, reorders: false, through: "pipes" },
  ...{ brokenEncoders: [], lateKeyFrames: null, decodingThreads: null },
  decoding: "gpu-frames",
};

/** What follows from its processes. @param fps of raw H.264 on stdin, where it is known */
export function planOf(
  processes: readonly ProcessPlan[],
  fps: number | null,
  readsStdin: boolean,
): Pick<ChannelPlan, "processes" | "tracks" | "rates" | "readsStdin" | "isCopied"> {
  const video = processes.map((plan) => plan.video).find((track) => track !== null) ?? null;
  const audio = processes.map((plan) => plan.audio).find((track) => track !== null) ?? null;
  const framerate = readsStdin ? fps : (video?.fps ?? null);
  return {
    processes,
    readsStdin,
    isCopied: video !== null && video.encoder === null,
    tracks: { video: readsStdin || video !== null, audio: audio !== null },
    rates: {
      ...(framerate === null ? {} : { framerate }),
      ...(video?.bitrateKbps == null ? {} : { videoKbps: video.bitrateKbps }),
      ...(audio?.bitrateKbps == null ? {} : { audioKbps: audio.bitrateKbps }),
    },
  };
}

/** Nobody captures what was opened for it. */
export function releaseAll({ processes }: Pick<ChannelPlan, "processes">): void {
  for (const { source } of processes) release(source);
}
