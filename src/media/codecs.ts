import { Buffer } from "node:buffer";
import { aacCodecString, parseAudioSpecificConfig } from "./aac/config.ts";
import { silentFrame } from "./aac/silence.ts";
import { AacTrack } from "./aac/track.ts";
import { isAv1c } from "./av1/av1c.ts";
import { av1CodecString } from "./av1/codec-string.ts";
import { joinObus } from "./av1/obu.ts";
import { Av1Track } from "./av1/track.ts";
import { CorruptInputError } from "./corrupt-input.ts";
import { type AudioForm, aacForm, aLawForm, mp3Form, muLawForm, opusForm } from "./flv/audio-form.ts";
import { fourccNumber } from "./flv/fourcc.ts";
import { av1Form, avcForm, hevcClassicForm, hevcForm, type VideoForm } from "./flv/video-form.ts";
import { type G711Codec, G711Track, silentG711 } from "./g711/track.ts";
import { joinAnnexB } from "./h264/annexb.ts";
import { isAvcc } from "./h264/avcc.ts";
import { avcCodecString, parseSps, unusualFormat } from "./h264/sps.ts";
import { H264Track } from "./h264/track.ts";
import { hevcCodecString } from "./hevc/codec-string.ts";
import { isHvcc } from "./hevc/hvcc.ts";
import { HevcTrack } from "./hevc/track.ts";
import { silentMp3Frame } from "./mp3/frame.ts";
import { Mp3Track } from "./mp3/track.ts";
import type { NalTrackOptions } from "./nal/track.ts";
import type { NutStreamEvent } from "./nut/frame.ts";
import { silentPacket } from "./opus/packet.ts";
import { OpusTrack } from "./opus/track.ts";
import type { AudioCodec, AudioConfig, DecodedSound, Packet, VideoCodec, VideoConfig } from "./packet.ts";
import type { UnitDrops } from "./unit-drops.ts";

/** Turns the frames of one track into packets, its settings first. What is damaged is dropped and counted. */
export interface TrackReader {
  push(data: Uint8Array, presentationTimeUs: number): Packet[];
  /** Frames that could not be used because no key frame came before them; missing where every frame is one. */
  readonly droppedFrames?: number;
  readonly drops: UnitDrops;
  /** The settings of sound, where they are known before it comes. */
  readonly announced?: AudioConfig | null;
}

export interface VideoTrackReader extends TrackReader {
  /** From the next frame on, these private data hold. @throws CorruptInputError where they are none of the codec's */
  configure(extradata: Uint8Array): void;
}

export interface TrackOptions extends NalTrackOptions {
  /** What ffmpeg has found audio to decode to. */
  readonly sound?: DecodedSound | undefined;
}

interface Codec {
  /** For users. */
  readonly name: string;
  /** Every player of FLV plays it; any other goes out only where that was asked for. */
  readonly isUniversal: boolean;
  /** As ffmpeg writes them, in any case: when it copies a track, it keeps those of the file (libavformat/riff.c). */
  readonly nutFourccs: readonly string[];
  /** The name for browsers and manifests (RFC 6381), of a config's `decoderConfig`. */
  readonly codecString: (decoderConfig: Uint8Array) => string;
}

export interface VideoCodecEntry extends Codec {
  /** `extradata`: the codec's private data; empty when there are none. @throws CorruptInputError */
  readonly openTrack: (extradata: Uint8Array, options: TrackOptions) => VideoTrackReader;
  readonly flv: VideoForm;
  /** The one that CDNs have agreed on; missing where it is the same. */
  readonly cdnFlv?: VideoForm;
  /** Its decoder configuration record: "avcC". */
  readonly recordName: string;
  readonly isRecord: (bytes: Uint8Array) => boolean;
  /** ffmpeg's demuxer of its byte stream. */
  readonly rawFormat: string;
  /** What only some players play, and which do not: "4:2:2, which most browsers do not play"; null where all do. */
  readonly unusual: (config: VideoConfig) => string | null;
  /** Parameter sets and a key frame's units as such a byte stream. */
  readonly joinUnits: (units: readonly Uint8Array[]) => Uint8Array;
}

export interface AudioCodecEntry extends Codec {
  /** The same of sound. */
  readonly openTrack: (extradata: Uint8Array, options: TrackOptions) => TrackReader;
  readonly flv: AudioForm;
  /** With `--copy`, it goes out as it is at these rates; missing: at all. */
  readonly copiedRatesHz?: readonly number[];
  /** A frame that decodes to silence; null where none can be made. */
  readonly silentFrame: (config: AudioConfig) => Uint8Array | null;
  /** As `VideoCodecEntry.unusual`. */
  readonly unusual: (config: AudioConfig) => string | null;
}

/** All that differs between video codecs. What the page needs beyond it is in `src/web/decoders.ts`. */
export const videoCodecs: Readonly<Record<VideoCodec, VideoCodecEntry>> = {
  h264: {
    ...{ name: "H.264", isUniversal: true },
    nutFourccs: [
      ...["H264", "X264", "avc1", "DAVC", "SMV2", "VSSH"],
      ...["Q264", "V264", "GAVC", "UMSV", "tshd", "INMC"],
    ],
    openTrack: (extradata, options) => new H264Track(extradata, options),
    codecString: avcCodecString,
    flv: avcForm,
    recordName: "avcC",
    isRecord: isAvcc,
    rawFormat: "h264",
    unusual: ({ parameterSets: [sps] }) => {
      const format = sps === undefined ? null : unusualFormat(parseSps(sps));
      return format && `${format}, which VLC and mpv play but most browsers and hardware players do not`;
    },
    joinUnits: joinAnnexB,
  },
  hevc: {
    ...{ name: "H.265", isUniversal: false },
    nutFourccs: ["HEVC", "H265", "hvc1", "hev1", "X265", "dvhe", "dvh1"],
    openTrack: (extradata, options) => new HevcTrack(extradata, options),
    codecString: hevcCodecString,
    flv: hevcForm,
    cdnFlv: hevcClassicForm,
    recordName: "hvcC",
    isRecord: isHvcc,
    rawFormat: "hevc",
    unusual: () => "H.265, which VLC 3, players with ffmpeg before 6.1 and many browsers do not play",
    joinUnits: joinAnnexB,
  },
  av1: {
    ...{ name: "AV1", isUniversal: false },
    nutFourccs: ["AV01"],
    openTrack: (extradata) => new Av1Track(extradata),
    codecString: av1CodecString,
    flv: av1Form,
    recordName: "av1C",
    isRecord: isAv1c,
    rawFormat: "obu",
    unusual: () => "AV1, which VLC 3, players with ffmpeg before 6.1 and some browsers do not play",
    joinUnits: joinObus,
  },
};

/** All that differs between audio codecs. */
export const audioCodecs: Readonly<Record<AudioCodec, AudioCodecEntry>> = {
  aac: {
    ...{ name: "AAC", isUniversal: true },
    // WAVE format tags, 32 bits little-endian
    nutFourccs: ["\xff\0\0\0", "\0\x16\0\0", "\x10\x16\0\0", "mp\0\0", "CA\0\0", "\x06\xa1\0\0"],
    openTrack: (extradata, { sound }) => new AacTrack(extradata, sound),
    codecString: (decoderConfig) => aacCodecString(parseAudioSpecificConfig(decoderConfig)),
    flv: aacForm,
    silentFrame: ({ decoderConfig }) => silentFrame(decoderConfig),
    // Chromium 156 ends a source buffer over it.
    unusual: ({ decoderConfig, channels }) =>
      parseAudioSpecificConfig(decoderConfig).channelConfiguration === 0
        ? `AAC with ${channels} channels in a custom layout, which browsers do not play`
        : null,
  },
  opus: {
    ...{ name: "Opus", isUniversal: false },
    nutFourccs: ["Opus"],
    openTrack: (extradata) => new OpusTrack(extradata),
    codecString: () => "opus",
    flv: opusForm,
    silentFrame: ({ samplesPerFrame, channels }) => silentPacket(samplesPerFrame, channels),
    unusual: ({ samplesPerFrame }) =>
      samplesPerFrame === OPUS_SAMPLES
        ? "Opus, which VLC 3 and players with ffmpeg before 8 do not play"
        : `Opus in packets of ${samplesPerFrame / 48} ms, which only players with ffmpeg 8 or later play`,
  },
  mp3: {
    ...{ name: "MP3", isUniversal: true },
    nutFourccs: ["U\0\0\0", "mp3\0", ".mp3", "mp3 "],
    openTrack: () => new Mp3Track(),
    codecString: () => "mp3",
    flv: mp3Form,
    copiedRatesHz: [44_100, 48_000], // FLV has no name for most others
    silentFrame: ({ sampleRateHz, channels }) => silentMp3Frame(sampleRateHz, channels),
    unusual: () => null,
  },
  pcm_alaw: g711("pcm_alaw", "\x06\0\0\0", "alaw", aLawForm),
  pcm_mulaw: g711("pcm_mulaw", "\x07\0\0\0", "ulaw", muLawForm),
};

/** 20 ms, which players take for granted that reckon times themselves (mpegts.js 1.8). */
const OPUS_SAMPLES = 960;

function g711(codec: G711Codec, fourcc: string, name: string, flv: AudioForm): AudioCodecEntry {
  return {
    ...{ name: "G.711", isUniversal: false },
    copiedRatesHz: [], // most players play nothing with it, no video either
    nutFourccs: [fourcc, name],
    openTrack: () => new G711Track(codec),
    codecString: () => name,
    flv,
    silentFrame: ({ samplesPerFrame }) => silentG711(codec, samplesPerFrame),
    unusual: () => "G.711, with which most browsers play nothing, no video either",
  };
}

/** Which forms a stream's codecs have where there are several. */
export type StreamForm = "enhanced" | "cdn";

/** How video tags hold a codec. */
export function videoForm(codec: VideoCodec, form: StreamForm = "enhanced"): VideoForm {
  const { flv, cdnFlv = flv } = videoCodecs[codec];
  return form === "cdn" ? cdnFlv : flv;
}

const ANY_CODEC = "*";
const isFourcc = (codecId: number) => codecId > 0xff;

/** The names of those codecs that a list of FourCCs lacks (Enhanced RTMP 2); what FLV has a number for needs none. */
export function unlistedCodecs(
  configs: readonly (VideoConfig | AudioConfig)[],
  fourccs: readonly string[],
  form?: StreamForm,
): readonly string[] {
  if (fourccs.includes(ANY_CODEC)) return [];
  const listed = fourccs.map(fourccNumber);
  return configs.flatMap((config) => {
    const isVideo = config.kind === "video-config";
    const { codecId } = isVideo ? videoForm(config.codec, form) : audioCodecs[config.codec].flv;
    if (!isFourcc(codecId) || listed.includes(codecId)) return [];
    return [(isVideo ? videoCodecs[config.codec] : audioCodecs[config.codec]).name];
  });
}

/** The reader of a NUT stream. Throws CorruptInputError for one whose codec is none of these. */
export function openTrack(
  {
    mediaClass,
    fourcc,
    extradata,
    sound,
  }: Pick<NutStreamEvent, "mediaClass" | "fourcc" | "extradata" | "sound">,
  options: TrackOptions = {},
): TrackReader {
  const codecs = { video: Object.values(videoCodecs), audio: Object.values(audioCodecs), other: [] };
  const isIts = (known: string) => known.toUpperCase() === fourcc.toUpperCase();
  const codec = codecs[mediaClass].find(({ nutFourccs }) => nutFourccs.some(isIts));
  if (codec !== undefined) return codec.openTrack(extradata, { ...options, sound });
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
