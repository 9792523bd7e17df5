import { Buffer } from "node:buffer";
import { isSameConfig } from "../codecs.ts";
import { joinBytes } from "../flv/bytes.ts";
import {
  type AudioConfig,
  type AudioFrame,
  decodeTimeUs,
  type Frame,
  type Packet,
  type TrackName,
  type Tracks,
  trackOf,
  type VideoConfig,
  type VideoFrame,
} from "../packet.ts";
import { encodeFragment, encodeInit, type Sample } from "./fragment.ts";

type Config = VideoConfig | AudioConfig;

/** So much of a track is in one fragment. */
const FRAGMENT_MS = 1000;
/** A track that has not come by then is none of the file's. */
const MAX_EARLY_US = 10e6;

interface Track {
  readonly id: number;
  readonly config: Config;
  /** The last one's duration is not known yet. */
  waiting: Sample[];
  /** From the last frame but one to the last. */
  stepMs: number;
}

/** Packets as a fragmented MP4 file (ISO/IEC 14496-12, 8.8), each codec as its own specification has it. */
export class Mp4Fragmenter {
  readonly #expected: Tracks;
  readonly #configs = new Map<TrackName, Config>();
  /** Null until each track's settings have come. */
  #tracks: ReadonlyMap<TrackName, Track> | null = null;
  #early: Frame[] = [];
  #sequence = 0;

  /** @param expected what the file is to have: it begins when their settings have come */
  constructor(expected: Tracks) {
    this.#expected = expected;
  }

  /** The bytes that a packet completes. @throws CodecChangeError */
  push(packet: Packet): Uint8Array[] {
    if (packet.kind === "video-config" || packet.kind === "audio-config") return this.#configure(packet);
    if (this.#tracks !== null) return this.#add(this.#tracks, packet);
    this.#early.push(packet);
    const [first = packet] = this.#early;
    return decodeTimeUs(packet) - decodeTimeUs(first) > MAX_EARLY_US ? this.#begin() : [];
  }

  end(): Uint8Array[] {
    const begun = this.#tracks === null ? this.#begin() : [];
    const rest = [...(this.#tracks?.values() ?? [])].flatMap((track) => this.#flush(track, null));
    return [...begun, ...rest];
  }

  #configure(config: Config): Uint8Array[] {
    const name = trackOf(config);
    const known = this.#tracks?.get(name)?.config;
    if (known !== undefined && known.codec !== config.codec) throw new CodecChangeError(known, config);
    this.#configs.set(name, config);
    const { video, audio } = this.#expected;
    const isWhole = (!video || this.#configs.has("video")) && (!audio || this.#configs.has("audio"));
    return this.#tracks === null && isWhole ? this.#begin() : [];
  }

  #begin(): Uint8Array[] {
    const configs = [...this.#configs.values()];
    if (configs.length === 0) return [];
    const tracks = new Map(
      configs.map((config, at) => [
        trackOf(config),
        { id: at + 1, config, waiting: [], stepMs: 0 } satisfies Track,
      ]),
    );
    this.#tracks = tracks;
    const early = this.#early;
    this.#early = [];
    return [encodeInit(configs), ...early.flatMap((frame) => this.#add(tracks, frame))];
  }

  #add(tracks: ReadonlyMap<TrackName, Track>, frame: Frame): Uint8Array[] {
    const track = tracks.get(trackOf(frame));
    if (track === undefined) return [];
    const sample = frame.kind === "video-frame" ? this.#picture(track, frame) : sound(frame);
    const [first = sample] = track.waiting;
    track.stepMs = sample.decodeMs - (track.waiting.at(-1) ?? sample).decodeMs;
    const isFull = sample.decodeMs - first.decodeMs >= FRAGMENT_MS;
    const full = isFull ? this.#flush(track, sample.decodeMs) : [];
    track.waiting.push(sample);
    return full;
  }

  /** Settings other than the file's stand before each key frame; AV1's always do, as encoders have them. */
  #picture({ config }: Track, frame: VideoFrame): Sample {
    const current = this.#configs.get("video");
    const isVideo = current?.kind === "video-config";
    const hasSets = isVideo && frame.isKey && (frame.codec === "av1" || !isSameConfig(config, current));
    const sets = hasSets ? current.parameterSets : [];
    return {
      decodeMs: frame.decodeTimeUs / 1000,
      compositionMs: (frame.presentationTimeUs - frame.decodeTimeUs) / 1000,
      ...{ durationMs: 0, isSync: frame.isKey, data: pictureBytes(frame, sets) },
    };
  }

  #flush(track: Track, nextMs: number | null): Uint8Array[] {
    const { waiting, id, stepMs } = track;
    if (waiting.length === 0) return [];
    track.waiting = [];
    const samples = waiting.map((sample, at) => {
      const endMs = waiting[at + 1]?.decodeMs ?? nextMs;
      return { ...sample, durationMs: endMs === null ? stepMs : endMs - sample.decodeMs };
    });
    this.#sequence += 1;
    return [encodeFragment(this.#sequence, id, samples)];
  }
}

function sound({ presentationTimeUs, data }: AudioFrame): Sample {
  return { decodeMs: presentationTimeUs / 1000, durationMs: 0, compositionMs: 0, isSync: true, data };
}

/** NAL units behind their lengths (ISO/IEC 14496-15, 4.3.2); OBUs, which have theirs in them. */
function pictureBytes({ codec, units }: VideoFrame, sets: readonly Uint8Array[]): Uint8Array {
  if (codec === "av1") return joinBytes([...sets, ...units]);
  return joinBytes(
    [...sets, ...units].flatMap((unit) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(unit.length);
      return [length, unit];
    }),
  );
}

/** A track has one codec from the first frame to the last. */
export class CodecChangeError extends Error {
  readonly from: Config;
  readonly to: Config;

  constructor(from: Config, to: Config) {
    super(`MP4: the ${trackOf(from)} changes from ${from.codec} to ${to.codec}`);
    this.from = from;
    this.to = to;
  }
}
