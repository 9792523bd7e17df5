import { Buffer } from "node:buffer";
import { aacCodecString, parseAudioSpecificConfig } from "./aac/config.ts";
import { silentFrame } from "./aac/silence.ts";
import { AacTrack } from "./aac/track.ts";
import { CorruptInputError } from "./corrupt-input.ts";
import { type AudioForm, aacForm } from "./flv/audio-body.ts";
import { avcForm, type VideoForm } from "./flv/video-body.ts";
import { joinAnnexB } from "./h264/annexb.ts";
import { avcCodecString, parseSps, unusualFormat } from "./h264/sps.ts";
import { H264Track } from "./h264/track.ts";
import type { NutStreamEvent } from "./nut/frame.ts";
import type { AudioCodec, AudioConfig, Packet, VideoCodec, VideoConfig } from "./packet.ts";
import type { UnitDrops } from "./unit-drops.ts";

/** Turns the frames of one NUT stream into packets, its settings first. What is damaged is dropped and counted. */
export interface TrackReader {
  push(data: Uint8Array, presentationTimeUs: number): Packet[];
  /** Frames that could not be used because no key frame came before them; missing where every frame is one. */
  readonly droppedFrames?: number;
  readonly drops: UnitDrops;
  /** The settings of sound, where they are known before it comes. */
  readonly announced?: AudioConfig | null;
}

/** Where the times of a track come from: see `H264Options`. */
export interface TrackOptions {
  readonly isTimedByArrival?: boolean;
}

interface Codec {
  /** As ffmpeg writes them, in any case: when it copies a track, it keeps those of the file (libavformat/riff.c). */
  readonly nutFourccs: readonly string[];
  /** `extradata`: the codec's private data; empty when there are none. */
  readonly openTrack: (extradata: Uint8Array, options: TrackOptions) => TrackReader;
  /** The name for browsers and manifests (RFC 6381), of a config's `decoderConfig`. */
  readonly codecString: (decoderConfig: Uint8Array) => string;
}

export interface VideoCodecEntry extends Codec {
  readonly flv: VideoForm;
  /** ffmpeg's demuxer of its byte stream. */
  readonly rawFormat: string;
  /** What of a format only some players play; null where it is the usual one. */
  readonly unusualFormat: (config: VideoConfig) => string | null;
  /** Parameter sets and a key frame's units as such a byte stream. */
  readonly joinUnits: (units: readonly Uint8Array[]) => Uint8Array;
}

export interface AudioCodecEntry extends Codec {
  readonly flv: AudioForm;
  /** A frame that decodes to silence; null where none can be made. */
  readonly silentFrame: (config: AudioConfig) => Uint8Array | null;
  /** Why browsers refuse what ffmpeg and VLC play; null where they do not. */
  readonly refusedByBrowsers: (config: AudioConfig) => string | null;
}

/** All that differs between video codecs. What the page needs beyond it is in `src/web/decoders.ts`. */
export const videoCodecs: Readonly<Record<VideoCodec, VideoCodecEntry>> = {
  h264: {
    nutFourccs: [
      ...["H264", "X264", "avc1", "DAVC", "SMV2", "VSSH"],
      ...["Q264", "V264", "GAVC", "UMSV", "tshd", "INMC"],
    ],
    openTrack: (extradata, options) => new H264Track(extradata, options),
    codecString: avcCodecString,
    flv: avcForm,
    rawFormat: "h264",
    unusualFormat: ({ parameterSets: [sps] }) => (sps === undefined ? null : unusualFormat(parseSps(sps))),
    joinUnits: joinAnnexB,
  },
};

/** All that differs between audio codecs. */
export const audioCodecs: Readonly<Record<AudioCodec, AudioCodecEntry>> = {
  aac: {
    // WAVE format tags, 32 bits little-endian
    nutFourccs: ["\xff\0\0\0", "\0\x16\0\0", "\x10\x16\0\0", "mp\0\0", "CA\0\0", "\x06\xa1\0\0"],
    openTrack: (extradata) => new AacTrack(extradata),
    codecString: (decoderConfig) => aacCodecString(parseAudioSpecificConfig(decoderConfig)),
    flv: aacForm,
    silentFrame: ({ decoderConfig }) => silentFrame(decoderConfig),
    // Chromium 156 ends a source buffer over it.
    refusedByBrowsers: ({ decoderConfig, channels }) =>
      parseAudioSpecificConfig(decoderConfig).channelConfiguration === 0
        ? `${channels} channels in a custom layout`
        : null,
  },
};

/** The reader of a NUT stream. Throws CorruptInputError for one whose codec is none of these. */
export function openTrack(
  { mediaClass, fourcc, extradata }: Pick<NutStreamEvent, "mediaClass" | "fourcc" | "extradata">,
  options: TrackOptions = {},
): TrackReader {
  const codecs = { video: Object.values(videoCodecs), audio: Object.values(audioCodecs), other: [] };
  const isIts = (known: string) => known.toUpperCase() === fourcc.toUpperCase();
  const codec = codecs[mediaClass].find(({ nutFourccs }) => nutFourccs.some(isIts));
  if (codec !== undefined) return codec.openTrack(extradata, options);
  const names = [...Object.keys(videoCodecs), ...Object.keys(audioCodecs)].join(", ");
  const got = `${mediaClass} with fourcc ${JSON.stringify(fourcc)}`;
  throw new CorruptInputError(`NUT: expected a track of one of the codecs ${names}, got ${got}`);
}

export function isVideoCodec(name: string): name is VideoCodec {
  return Object.hasOwn(videoCodecs, name);
}

export function isAudioCodec(name: string): name is AudioCodec {
  return Object.hasOwn(audioCodecs, name);
}

/** The name of a config's codec for browsers and manifests (RFC 6381): `avc1.640020`, `mp4a.40.2`. */
export function codecString(config: VideoConfig | AudioConfig): string {
  const codec = config.kind === "video-config" ? videoCodecs[config.codec] : audioCodecs[config.codec];
  return codec.codecString(config.decoderConfig);
}

/** Whether a decoder set up for the one can go on with the other. */
export function isSameConfig(one: VideoConfig | AudioConfig, other: VideoConfig | AudioConfig): boolean {
  return one.codec === other.codec && Buffer.compare(one.decoderConfig, other.decoderConfig) === 0;
}
