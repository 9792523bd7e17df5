import type { Size } from "../devices/picture.ts";
import type { VideoCodec } from "../media/packet.ts";
import type { VideoFilters } from "./video-filters.ts";

/** What the video shall be; `null` where it follows from the device. */
export interface VideoGoal {
  readonly size: Size | null;
  readonly fps: number | null;
  readonly bitrateKbps: number | null;
  readonly gopSeconds: number;
  /** Null: H.264 where it is encoded, and whatever comes where it is copied. */
  readonly codec: VideoCodec | null;
  readonly encoder: WantedEncoder;
  /** Video is passed through where the source's codec is one of ours, and the one that is wanted. */
  readonly copy: boolean;
  readonly hwaccel: Hwaccel;
  readonly latency: Latency;
  readonly filters: VideoFilters;
}

/** Whether a hardware encoder's chip decodes live inputs, too. */
export const hwaccels = ["auto", "none"] as const;
export type Hwaccel = (typeof hwaccels)[number];

/**
 * Where video is decoded: on the encoder's chip, with its frames left there (`gpu-frames`) or brought to main memory (`gpu`), or
 * by the CPU.
 */
export type Decoding = "gpu-frames" | "gpu" | "cpu";

/** `auto` is the codec's first of the table that works. */
export type WantedEncoder = "auto" | Encoder;

/** Whether an encoder hands out each frame at once, or holds some back to compare them, which takes fewer bits. */
export const latencies = ["low", "normal"] as const;
export type Latency = (typeof latencies)[number];

/** What is asked of a video encoder, whichever it is. */
export interface EncodingGoal {
  readonly bitrateKbps: number;
  readonly fps: number;
  readonly gopSeconds: number;
  /** See `ChosenEncoder`. */
  readonly forcesKeyFrames: boolean;
  /** Frames a second at the least, as far as is known: key frames that go by count go by these. */
  readonly slowestFps: number;
  readonly holdsNoFrame?: boolean | undefined;
  /** Missing: low. Normal only for an encoder with `heldFrames`. */
  readonly latency?: Latency | undefined;
}

export const profiles = ["high", "main", "baseline"] as const;
export type Profile = (typeof profiles)[number];

/** A codec's profiles of 8 bits in 4:2:0, the best first: an encoder is asked for the next when it refuses one. */
export const profilesOf: Readonly<Record<VideoCodec, readonly [Profile, ...Profile[]]>> = {
  h264: profiles,
  hevc: ["main"],
  av1: ["main"],
};

/** One encoder of ffmpeg: how it is made to give low latency, a held bit rate and regular IDR pictures. */
export interface Encoder {
  readonly name: string;
  readonly codec: VideoCodec;
  readonly platforms: readonly NodeJS.Platform[] | "all";
  readonly hardware: Hardware;
  /** ffmpeg's options before the input, for one of the hardware's nodes; null where ffmpeg finds it by itself. */
  readonly openOptions: (node: string | null) => readonly string[];
  /** Filters after all others, that bring the picture into the form the encoder takes. */
  readonly filters: readonly string[];
  readonly arguments: (goal: EncodingGoal, profile: Profile) => readonly string[];
  /** `holdsNoFrame` changes its arguments, for ffmpeg from this version on. */
  readonly holdsNoFrameSince?: number;
  /** With normal latency, it holds back about so many frames of a video with this rate; missing: there is low latency alone. */
  readonly heldFrames?: (fps: number) => number;
  /** How its chip decodes; missing where only the CPU does. */
  readonly decodes?: HardwareDecoding;
  /** What two cores encode at 30 frames a second; missing where no usual size is too much. */
  readonly easySize?: Size;
}

/** How a chip decodes what it then encodes. */
export interface HardwareDecoding {
  /** ffmpeg's names of what it takes. */
  readonly codecs: readonly string[];
  /** ffmpeg's options before the input, after `openOptions`. `isKept`: the frames stay on the chip. */
  readonly options: (codec: string, how: { node: string | null; isKept: boolean }) => readonly string[];
  /** Brings frames that stay on the chip to what the encoder takes, and to this size. Missing: none can stay. */
  readonly frames?: (size: Size | null) => readonly string[];
}

/** What an encoder runs on, and where that shows on a machine. */
export type Hardware =
  /** The CPU: always there. */
  | { readonly kind: "none" }
  /** Nothing to look at: the driver's library tells. */
  | { readonly kind: "driver" }
  /** Device nodes. */
  | {
      readonly kind: "nodes";
      readonly folder: string;
      readonly names: RegExp;
      /** How messages call them: `/dev/dri/renderD*`. */
      readonly shown: string;
      /** Who uses them: ffmpeg is told which one to open, or tries them all by itself. */
      readonly openedBy: "name" | "ffmpeg";
      /** $DISPLAY is a node, too: libva opens a GPU through its X server. */
      readonly orDisplay: boolean;
    };

/** An encoder as it is to be run: on which node, with which profile. */
export interface ChosenEncoder {
  readonly encoder: Encoder;
  /** null where ffmpeg needs no name for it. */
  readonly node: string | null;
  readonly profile: Profile;
  /** A picture that is forced to be a key frame comes as one, and at once: its probe has shown it. */
  readonly forcesKeyFrames?: boolean | undefined;
  /** It may be told to hand out each frame at once: its probe got all its frames back. */
  readonly holdsNoFrame?: boolean | undefined;
  /** It is asked for normal latency; missing: low. */
  readonly latency?: Latency | undefined;
  /** It garbles what is not so many pixels wide, or a multiple: its probe has shown it. */
  readonly widthStep?: number | undefined;
  /** The version of the library that encodes, where it has told its probe: `1.4.1`. */
  readonly libraryVersion?: string | undefined;
}

/** What a codec needs for the quality of H.264: as a rule, not a promise. */
const RATE_SHARE: Readonly<Record<VideoCodec, number>> = { h264: 1, hevc: 0.7, av1: 0.7 };

/** A bit rate that suits the picture: 2.5 Mbit/s for H.264 at 720p30, rising slower than the number of pixels. */
export function defaultBitrateKbps(size: Size, fps: number, codec: VideoCodec = "h264"): number {
  const pixelsPerSecond = size.width * size.height * Math.min(fps, 60);
  const kbps = 2500 * (pixelsPerSecond / (1280 * 720 * 30)) ** 0.75 * RATE_SHARE[codec];
  return Math.round(Math.min(Math.max(kbps, 300), 20_000) / 50) * 50;
}
