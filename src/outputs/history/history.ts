import { isSameConfig } from "../../media/codecs.ts";
import { tagHeaderBytes } from "../../media/flv/layout.ts";
import type { Rates } from "../../media/flv/metadata.ts";
import type { Tag } from "../../media/flv/tag.ts";
import { type AudioConfig, isFrame, type VideoConfig } from "../../media/packet.ts";
import { corrected, type StreamInfo, type TimedPacket } from "../output.ts";
import { ByteRing } from "./byte-ring.ts";

/** Memory of a stream's history, at most. */
export const MAX_HISTORY_BYTES = 64_000_000;
/** What a frame costs beside its bytes, and counts. */
const FRAME_BYTES = 80;
/** Sound alone can begin with any frame: it is kept and dropped in such pieces. */
const SOUND_GROUP_MS = 1000;

export interface HistoryOptions {
  readonly maxBytes?: number;
  /** Less fits into memory than is to be kept: this much, for now. Told once, and again for another length. */
  readonly onShort: (keptMs: number) => void;
}

/** A frame of which the ring has all that stands behind its tag's header. */
interface Frame {
  readonly role: "key" | "delta" | "audio";
  readonly timestampMs: number;
  readonly start: number;
  readonly end: number;
}

/** A key frame and all that came before the next one. */
interface Group {
  readonly startMs: number;
  /** When its first frame was captured, in milliseconds since 1970; null where that is not known, as with what fills a gap. */
  capturedMs: number | null;
  readonly frames: Frame[];
}

/** A frame's tag without its header: body and PreviousTagSize, in views that are never written again. */
export interface KeptFrame extends Pick<Frame, "role" | "timestampMs"> {
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
}

/** The end of a stream up to now: whole from its first tag on, with settings that hold for all of it. */
export interface Kept {
  readonly stream: StreamInfo;
  readonly video: VideoConfig | null;
  readonly audio: AudioConfig | null;
  readonly startMs: number;
  readonly capturedMs: number | null;
  readonly frames: readonly KeptFrame[];
}

/**
 * The last seconds of a stream in memory, as whole GOPs. It holds what one decoder can play: other settings, or a time that
 * begins at 0 again, empty it.
 */
export class History {
  readonly #maxBytes: number;
  readonly #onShort: (keptMs: number) => void;
  #lengthMs = 0;
  #stream: StreamInfo | null = null;
  #video: VideoConfig | null = null;
  #audio: AudioConfig | null = null;
  #groups: Group[] = [];
  readonly #ring = new ByteRing();
  #frames = 0;
  #newestMs = 0;
  #hasTold = false;

  constructor({ maxBytes = MAX_HISTORY_BYTES, onShort }: HistoryOptions) {
    this.#maxBytes = maxBytes;
    this.#onShort = onShort;
  }

  /** Keeps so much from now on; 0: nothing. */
  setLength(lengthMs: number): void {
    if (lengthMs === this.#lengthMs) return;
    this.#lengthMs = lengthMs;
    this.#hasTold = false;
    if (lengthMs === 0) this.#clear();
    else this.#forgetOld();
  }

  get lengthMs(): number {
    return this.#lengthMs;
  }

  /** A stream of these tracks begins; what was kept before is void. */
  begin(stream: StreamInfo): void {
    this.#clear();
    this.#stream = stream;
    this.#video = null;
    this.#audio = null;
  }

  correct(rates: Rates): void {
    this.#stream = corrected(this.#stream, rates);
  }

  add({ packet, capturedMs }: TimedPacket, tags: readonly Tag[]): void {
    if (!isFrame(packet)) return this.#configure(packet);
    if (this.#lengthMs === 0) return;
    for (const tag of tags) this.#append(tag, capturedMs);
    this.#forgetOld();
    this.#forgetMuch();
  }

  startEpoch(): void {
    this.#clear();
  }

  /**
   * The last so many milliseconds, from the key frame at or before; where fewer are kept, all. Null where there is nothing.
   */
  last(lastMs: number): Kept | null {
    const fromMs = this.#newestMs - lastMs;
    const at = this.#groups.findLastIndex(({ startMs }) => startMs <= fromMs);
    const groups = this.#groups.slice(Math.max(0, at));
    const [first] = groups;
    if (this.#stream === null || first === undefined) return null;
    const { startMs, capturedMs } = first;
    // Sound runs behind the video: what belongs to the GOP before is not in a file that begins here.
    const frames = groups
      .flatMap((group) => group.frames)
      .filter(({ timestampMs }) => timestampMs >= startMs)
      .map(({ role, timestampMs, start, end }) => ({
        ...{ role, timestampMs, parts: this.#ring.views(start, end), bytes: end - start },
      }));
    return { stream: this.#stream, video: this.#video, audio: this.#audio, startMs, capturedMs, frames };
  }

  #configure(config: VideoConfig | AudioConfig): void {
    const known = config.kind === "video-config" ? this.#video : this.#audio;
    if (config.kind === "video-config") this.#video = config;
    else this.#audio = config;
    if (known === null || !isSameConfig(known, config)) this.#clear();
  }

  #append({ role, timestampMs, bytes }: Tag, capturedMs: number | null): void {
    if (role !== "key" && role !== "delta" && role !== "audio") return;
    if (this.#begins(role, timestampMs))
      this.#groups.push({ startMs: timestampMs, capturedMs: null, frames: [] });
    const group = this.#groups.at(-1);
    if (group === undefined) return; // no decoder could begin with it
    if (capturedMs !== null) group.capturedMs ??= capturedMs - (timestampMs - group.startMs);
    this.#newestMs = Math.max(this.#newestMs, timestampMs);
    const start = this.#ring.end;
    this.#ring.append(bytes.subarray(tagHeaderBytes));
    group.frames.push({ role, timestampMs, start, end: this.#ring.end });
    this.#frames += 1;
  }

  get #bytes(): number {
    const start = this.#groups[0]?.frames[0]?.start ?? this.#ring.end;
    return this.#ring.end - start + this.#frames * FRAME_BYTES;
  }

  #begins(role: Frame["role"], timestampMs: number): boolean {
    if (this.#stream?.tracks.video) return role === "key";
    const startMs = this.#groups.at(-1)?.startMs ?? Number.NEGATIVE_INFINITY;
    return timestampMs - startMs >= SOUND_GROUP_MS;
  }

  /** A group is needed as long as the next one begins too late. */
  #forgetOld(): void {
    const fromMs = this.#newestMs - this.#lengthMs;
    for (let [, next] = this.#groups; next !== undefined && next.startMs <= fromMs; [, next] = this.#groups)
      this.#forgetFirst();
  }

  /** A GOP that alone is too large is not kept at all: without its beginning it is worth nothing. */
  #forgetMuch(): void {
    if (this.#bytes <= this.#maxBytes) return;
    while (this.#bytes > this.#maxBytes) this.#forgetFirst();
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#onShort(this.#newestMs - (this.#groups[0]?.startMs ?? this.#newestMs));
  }

  #forgetFirst(): void {
    this.#frames -= this.#groups.shift()?.frames.length ?? 0;
    this.#ring.forgetBefore(this.#groups[0]?.frames[0]?.start ?? this.#ring.end);
  }

  #clear(): void {
    this.#groups = [];
    this.#ring.clear();
    this.#frames = 0;
    this.#newestMs = 0;
  }
}
