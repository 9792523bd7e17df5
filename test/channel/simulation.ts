import type { Pipeline } from "../../src/channel/pipeline.ts";
import { parseAudioBody } from "../../src/media/flv/audio-body.ts";
import { FlvDemuxer, type FlvTagEvent } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { parseVideoBody } from "../../src/media/flv/video-body.ts";
import type { Packet, TrackName, Tracks } from "../../src/media/packet.ts";
import type { Hub } from "../../src/outputs/live/hub.ts";
import type { Sink } from "../../src/outputs/live/sink.ts";
import { audioConfig, videoConfig } from "../media/flv/packets.ts";
import { bareTransport, somebody } from "../outputs/live/fakes.ts";
import { livePipeline } from "./live-pipeline.ts";

export const AAC_US = (1024 * 1e6) / 48_000;
const BEGIN_US = 1.7e15;

/** A tag as a viewer sees it; a frame of a source knows the moment of which it is, settings and fills have none. */
export interface Seen {
  readonly role: "metadata" | "video-config" | "audio-config" | "key" | "delta" | "audio";
  readonly timestampMs: number;
  readonly madeUs: number | null;
  /** When the viewer got it. */
  readonly seenUs: number;
}

interface Source {
  readonly track: TrackName;
  frames: number;
  nextUs: number;
  hasSentConfig: boolean;
  hasArrived: boolean;
}

interface OnItsWay {
  readonly arrivalUs: number;
  readonly track: TrackName;
  readonly packets: readonly Packet[];
}

/** A stream in fast time: devices that stamp the wall clock, which can be set, and a viewer who never leaves. */
export class Simulation {
  nowUs = BEGIN_US;
  /** How far the wall clock is from where it would be had nobody set it. */
  wallUs = 0;
  /** The longest a frame takes beyond its way. */
  jitterUs = 0;
  /** Between two frames of a device. */
  readonly distanceUs: Record<TrackName, number> = { video: 40_000, audio: AAC_US };
  /** From the moment of which a frame is to its arrival. */
  readonly wayUs: Record<TrackName, number> = { video: 15_000, audio: 90_000 };
  /** Pictures from one key frame to the next. */
  group = 25;
  /** What has queued up comes this much apart, in parts of the frames' distance. */
  spacing = 0;
  /** Until then nothing of the track arrives: it queues up. */
  readonly stalledUntilUs: Record<TrackName, number> = { video: 0, audio: 0 };
  epochs = 0;
  readonly pipeline: Pipeline;
  readonly hub: Hub;
  readonly #onSeen: (seen: Seen) => void;
  readonly #random: () => number;
  readonly #freeUs: Record<TrackName, number> = { video: 0, audio: 0 };
  readonly #sources = new Map<TrackName, Source>();
  #queue: OnItsWay[] = [];
  #nextTickUs = BEGIN_US;
  #isWatched = false;

  constructor(
    onSeen: (seen: Seen) => void,
    random: () => number = () => 0,
    tracks: Tracks = { video: true, audio: true },
    epochLimitMs?: number,
  ) {
    this.#onSeen = onSeen;
    this.#random = random;
    const limit = epochLimitMs === undefined ? {} : { epochLimitMs };
    ({ hub: this.hub, pipeline: this.pipeline } = livePipeline({ tracks, ...limit }));
  }

  begin(track: TrackName): void {
    this.#drop(track);
    this.stalledUntilUs[track] = 0;
    this.pipeline.sourceBegins(track);
    this.#sources.set(track, {
      track,
      frames: 0,
      nextUs: this.nowUs,
      hasSentConfig: false,
      hasArrived: false,
    });
  }

  lose(track: TrackName): void {
    this.#drop(track);
    this.pipeline.sourceLost(track);
  }

  /** For so long nothing of these tracks arrives, and then all of it; of a source that has yet to begin, nothing changes. */
  stall(us: number, tracks: readonly TrackName[] = ["video", "audio"]): void {
    for (const track of tracks) {
      if (this.#sources.get(track)?.hasArrived) this.stalledUntilUs[track] = this.nowUs + us;
    }
  }

  has(track: TrackName): boolean {
    return this.#sources.has(track);
  }

  run(us: number): void {
    const untilUs = this.nowUs + us;
    while (this.nowUs < untilUs) {
      this.nowUs = Math.min(this.nowUs + 5000, untilUs);
      for (const source of this.#sources.values()) this.#make(source);
      this.#deliver();
      if (this.nowUs >= this.#nextTickUs) {
        this.pipeline.tick(this.nowUs);
        this.#nextTickUs = this.nowUs + 50_000;
      }
      this.#watch();
    }
  }

  /** Time goes by in which no device sends anything. */
  skip(us: number): void {
    this.nowUs += us;
    for (const source of this.#sources.values()) source.nextUs += us;
    this.#queue = this.#queue.map((one) => ({ ...one, arrivalUs: one.arrivalUs + us }));
    this.pipeline.tick(this.nowUs);
  }

  #drop(track: TrackName): void {
    this.#sources.delete(track);
    this.#queue = this.#queue.filter((one) => one.track !== track);
  }

  #make(source: Source): void {
    const { track } = source;
    while (source.nextUs <= this.nowUs) {
      const madeUs = source.nextUs;
      const frame = frameOf(track, madeUs, madeUs + this.wallUs, source.frames % this.group === 0);
      const config = track === "video" ? videoConfig : audioConfig;
      const packets = source.hasSentConfig ? [frame] : [config, frame];
      source.hasSentConfig = true;
      source.frames += 1;
      source.nextUs += this.distanceUs[track];
      const wayUs = this.wayUs[track] + this.#random() * this.jitterUs;
      const lastUs = this.#queue.findLast((one) => one.track === track)?.arrivalUs ?? 0;
      this.#queue.push({ arrivalUs: Math.max(madeUs + wayUs, lastUs), track, packets });
    }
  }

  #deliver(): void {
    const here = this.#queue.filter((one) => this.#isHere(one));
    if (here.length === 0) return;
    this.#queue = this.#queue.filter((one) => !here.includes(one));
    for (const { track, packets } of here.toSorted((a, b) => a.arrivalUs - b.arrivalUs)) {
      const source = this.#sources.get(track);
      if (source !== undefined) source.hasArrived = true;
      this.pipeline.push(packets, this.nowUs);
    }
  }

  #isHere({ track, arrivalUs }: OnItsWay): boolean {
    if (Math.max(arrivalUs, this.stalledUntilUs[track], this.#freeUs[track]) > this.nowUs) return false;
    if (this.spacing > 0) this.#freeUs[track] = this.nowUs + this.spacing * this.distanceUs[track];
    return true;
  }

  #watch(): void {
    if (this.#isWatched || !this.hub.isReady) return;
    this.#isWatched = true;
    const onEnd = () => {
      this.#isWatched = false;
    };
    const reader = new Reader((seen) => this.#onSeen({ ...seen, seenUs: this.nowUs }), onEnd);
    this.epochs += 1;
    this.hub.join(reader, somebody);
  }
}

class Reader implements Sink {
  readonly transport = bareTransport;
  readonly backlogBytes = 0;
  readonly #onSeen: (seen: Omit<Seen, "seenUs">) => void;
  readonly #onEnd: () => void;
  readonly #demuxer = new FlvDemuxer();
  #lastPictureUs = 0;

  constructor(onSeen: (seen: Omit<Seen, "seenUs">) => void, onEnd: () => void) {
    this.#onSeen = onSeen;
    this.#onEnd = onEnd;
  }

  write(framed: Uint8Array): void {
    for (const event of this.#demuxer.push(framed))
      if (event.kind !== "header") this.#onSeen(this.#read(event));
  }

  end(): void {
    this.#onEnd();
  }

  destroy(): void {
    this.#onEnd();
  }

  #read({ type, body, timestampMs }: FlvTagEvent): Omit<Seen, "seenUs"> {
    if (type === TagType.script) return { role: "metadata", timestampMs, madeUs: null };
    if (type === TagType.audio) {
      const audio = parseAudioBody(body);
      if (audio.kind === "audio-config") return { role: audio.kind, timestampMs, madeUs: null };
      return { role: "audio", timestampMs, madeUs: madeOf(audio.data) };
    }
    const video = parseVideoBody(body);
    if (video.kind !== "video-frame") return { role: "video-config", timestampMs, madeUs: null };
    const madeUs = madeOf(video.units.at(-1) ?? new Uint8Array());
    const isAgain = madeUs !== null && madeUs <= this.#lastPictureUs;
    this.#lastPictureUs = Math.max(madeUs ?? 0, this.#lastPictureUs);
    return { role: video.isKey ? "key" : "delta", timestampMs, madeUs: isAgain ? null : madeUs };
  }
}

/** A frame that carries in its bytes the moment of which it is. */
export function frameOf(track: TrackName, madeUs: number, timeUs: number, isKey: boolean): Packet {
  const data = Buffer.alloc(9, isKey ? 0x65 : 0x41);
  data.writeDoubleBE(madeUs, 1);
  return track === "audio"
    ? { kind: "audio-frame", codec: "aac", presentationTimeUs: timeUs, data }
    : {
        kind: "video-frame",
        codec: "h264",
        isKey,
        ...{ decodeTimeUs: timeUs, presentationTimeUs: timeUs },
        units: [data],
      };
}

/** A silent frame is shorter. */
function madeOf(data: Uint8Array): number | null {
  return data.length === 9 ? Buffer.from(data).readDoubleBE(1) : null;
}
