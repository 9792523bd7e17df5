import { FrameType } from "../media/flv/video-form.ts";
import { openVideoCodec } from "./codecs/open.ts";
import type { VideoCodecJudge, VideoFormat } from "./codecs/video-codec.ts";
import { inMs, Judge } from "./faults.ts";
import type { Place } from "./finding.ts";
import { placeOf, type TagUnit } from "./unit.ts";
import { type CheckedVideoCodec, readVideo, type VideoHead, type VideoMessage } from "./video-message.ts";

/** A picture as time and groups are judged by. */
export interface VideoFrameFacts {
  readonly isKey: boolean;
  readonly compositionTimeMs: number;
  readonly hasBSlices: boolean;
  readonly bytes: number;
}

export class VideoJudge extends Judge {
  #config: Buffer | null = null;
  #codec: CheckedVideoCodec | null = null;
  #judge: VideoCodecJudge | null = null;
  #state: "before" | "unconfigured" | "configured" | "reconfigured" | "ended" = "before";
  #firstUnconfigured: Place | null = null;
  #codecId: number | string | null = null;

  /** CodecID, or the FourCC; null while no picture has come. */
  get codecId(): number | string | null {
    return this.#codecId;
  }

  get format(): VideoFormat | null {
    return this.#judge?.format ?? null;
  }

  /** For people: `avc1.64001f`. */
  get codecName(): string | null {
    if (this.#codecId === null) return null;
    if (this.format !== null) return this.format.name;
    return typeof this.#codecId === "string" ? this.#codecId : `CodecID ${this.#codecId}`;
  }

  /** The picture, where the tag is one. */
  read(tag: TagUnit): VideoFrameFacts | null {
    const message = readVideo(tag, this.faults);
    if (message === null) return null;
    this.#open(message);
    switch (message.kind) {
      case "config":
        this.#configure(message.data, message.head, placeOf(tag));
        return null;
      case "frame":
        return this.#readFrame(message, placeOf(tag));
      case "end":
        this.#judgeComposition(message.head, placeOf(tag));
        if (this.#state !== "unconfigured") this.#state = "ended";
        return null;
    }
  }

  end(): void {
    if (this.#state === "unconfigured")
      this.report("video-config-missing", "a frame without settings", this.#firstUnconfigured);
  }

  #open({ codec, head }: VideoMessage): void {
    this.#codecId = head.codecId;
    if (codec === this.#codec) return;
    this.#codec = codec;
    this.#judge = codec === "other" ? null : openVideoCodec(codec, this.faults);
  }

  #configure(data: Buffer, head: VideoHead, place: Place): void {
    if (this.#state === "unconfigured")
      this.report("video-config-late", "frames come first", this.#firstUnconfigured);
    if (head.frameType !== FrameType.key)
      this.report("avc-config-frame-type", `FrameType ${head.frameType}, expected 1`, place);
    this.#judgeComposition(head, place);
    const isSame = this.#config?.equals(data) ?? false;
    const isFirst = this.#config === null;
    if (!isFirst && !isSame) this.report("video-config-changed", `${data.length} bytes`, place);
    if (this.#state !== "reconfigured") this.#state = isFirst || isSame ? "configured" : "reconfigured";
    this.#config = Buffer.from(data);
    if (!isSame) this.#judge?.configure(this.#config, place);
  }

  #judgeComposition({ compositionTimeMs }: VideoHead, place: Place): void {
    if (compositionTimeMs === 0) return;
    const detail = `${compositionTimeMs} ms, expected 0`;
    this.report("avc-config-composition-time", detail, place, inMs(compositionTimeMs));
  }

  #readFrame({ codec, head, data }: VideoMessage, place: Place): VideoFrameFacts {
    const { frameType, compositionTimeMs } = head;
    const isKey = frameType === FrameType.key;
    this.#judgeOrder(codec, isKey, place);
    if (this.#judge === null && data.length === 0) this.report("picture-empty", "no data", place);
    const hasBSlices = this.#judge?.read(data, frameType, place) ?? false;
    return { isKey, compositionTimeMs, hasBSlices, bytes: data.length };
  }

  #judgeOrder(codec: CheckedVideoCodec, isKey: boolean, place: Place): void {
    if (this.#state === "before" && codec !== "other") {
      this.#state = "unconfigured";
      this.#firstUnconfigured = place;
    }
    if (this.#state === "reconfigured" && !isKey)
      this.report("video-config-without-key-frame", "an inter frame follows", place);
    if (this.#state === "reconfigured") this.#state = "configured";
    if (this.#state === "ended" && !isKey) this.report("frames-after-end", "an inter frame follows", place);
    if (this.#state === "ended") this.#state = "configured"; // another sequence may begin with a key frame
  }
}
