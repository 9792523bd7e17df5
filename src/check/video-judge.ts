import { h264CodecString, type Sps } from "../media/h264/sps.ts";
import { type AvcSettings, readAvcConfig } from "./avc-config.ts";
import { AvcFrames } from "./avc-frame.ts";
import { inMs, Judge } from "./faults.ts";
import type { Place } from "./finding.ts";
import { hevcLengthBytes, isAv1Record, isHevcSlice } from "./hevc-config.ts";
import { readNalUnits } from "./nal-lengths.ts";
import { placeOf, type TagUnit } from "./unit.ts";
import { readVideo, type VideoCodec, type VideoHead, type VideoMessage } from "./video-message.ts";

/** A picture as time and groups are judged by. */
export interface VideoFrameFacts {
  readonly isKey: boolean;
  readonly compositionTimeMs: number;
  readonly hasBSlices: boolean;
  readonly bytes: number;
}

const KEY = 1;
const INTER = 2;

/** Judges the bodies of video tags. */
export class VideoJudge extends Judge {
  readonly #frames = new AvcFrames(this.faults);
  #config: Buffer | null = null;
  #avc: AvcSettings | null = null;
  #hevcLengthBytes: 1 | 2 | 4 | null = null;
  #state: "before" | "unconfigured" | "configured" | "reconfigured" | "ended" = "before";
  #firstUnconfigured: Place | null = null;
  #codecId: number | string | null = null;

  /** CodecID, or the FourCC; null while no picture has come. */
  get codecId(): number | string | null {
    return this.#codecId;
  }

  get sps(): Sps | null {
    return this.#avc?.sps ?? null;
  }

  /** For people: `avc1.64001f`. */
  get codecName(): string | null {
    if (this.#codecId === null) return null;
    if (this.sps !== null) return h264CodecString(this.sps);
    return typeof this.#codecId === "string" ? this.#codecId : `CodecID ${this.#codecId}`;
  }

  /** The picture, where the tag is one. */
  read(tag: TagUnit): VideoFrameFacts | null {
    const message = readVideo(tag, this.faults);
    if (message === null) return null;
    this.#codecId = message.head.codecId;
    switch (message.kind) {
      case "config":
        this.#configure(message.codec, message.data, message.head, placeOf(tag));
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

  #configure(codec: VideoCodec, data: Buffer, head: VideoHead, place: Place): void {
    if (this.#state === "unconfigured")
      this.report("video-config-late", "frames come first", this.#firstUnconfigured);
    if (head.frameType !== KEY)
      this.report("avc-config-frame-type", `FrameType ${head.frameType}, expected 1`, place);
    this.#judgeComposition(head, place);
    const isSame = this.#config?.equals(data) ?? false;
    const isFirst = this.#config === null;
    if (!isFirst && !isSame) this.report("video-config-changed", `${data.length} bytes`, place);
    if (this.#state !== "reconfigured") this.#state = isFirst || isSame ? "configured" : "reconfigured";
    this.#config = Buffer.from(data);
    if (!isSame) this.#readConfig(codec, this.#config, place);
  }

  #judgeComposition({ compositionTimeMs }: VideoHead, place: Place): void {
    if (compositionTimeMs === 0) return;
    this.report(
      "avc-config-composition-time",
      `${compositionTimeMs} ms, expected 0`,
      place,
      inMs(compositionTimeMs),
    );
  }

  #readConfig(codec: VideoCodec, data: Buffer, place: Place): void {
    if (codec === "h264") {
      this.#avc = readAvcConfig(data, place, this.faults);
      if (this.#avc !== null) this.#frames.configure(this.#avc, place);
    } else if (codec === "hevc") {
      this.#hevcLengthBytes = hevcLengthBytes(data);
      if (this.#hevcLengthBytes === null) this.report("hevc-config-malformed", `${data.length} bytes`, place);
    } else if (codec === "av1" && !isAv1Record(data)) {
      this.report("av1-config-malformed", `${data.length} bytes`, place);
    }
  }

  #readFrame(message: VideoMessage & { kind: "frame" }, place: Place): VideoFrameFacts {
    const { codec, head, data } = message;
    const { frameType, compositionTimeMs } = head;
    const isKey = frameType === KEY;
    this.#judgeOrder(codec, isKey, place);
    const about = { isKey, compositionTimeMs, hasBSlices: false, bytes: data.length };
    if (codec === "h264") return { ...about, hasBSlices: this.#readAvc(data, frameType, place) };
    if (codec === "hevc") this.#readHevc(data, place);
    else if (data.length === 0) this.report("picture-empty", "no data", place);
    return about;
  }

  #judgeOrder(codec: VideoCodec, isKey: boolean, place: Place): void {
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

  /** Returns whether the picture has B slices. */
  #readAvc(data: Buffer, frameType: number, place: Place): boolean {
    if (this.#config !== null && this.#avc === null) return false;
    const units = readNalUnits(data, this.#avc?.lengthBytes ?? 4, place, this.faults);
    if (units === null) return false;
    const frame = this.#frames.read(units, place);
    if (!frame.hasSlices && !this.faults.has("nal-length"))
      this.report("picture-empty", `${units.length} NAL units, none of them a slice`, place);
    if (frame.hasSlices) this.#judgeKey(frameType, frame, place);
    return frame.hasBSlices;
  }

  #judgeKey(
    frameType: number,
    { isIdr, isRecoveryPoint }: { readonly isIdr: boolean; readonly isRecoveryPoint: boolean },
    place: Place,
  ): void {
    if (frameType === INTER && isIdr) this.report("idr-not-marked", "FrameType 2, expected 1", place);
    if (frameType !== KEY || isIdr) return;
    if (isRecoveryPoint) this.report("key-frame-recovery-point", "FrameType 1 without IDR", place);
    else this.report("key-frame-not-idr", "FrameType 1 without IDR", place);
  }

  #readHevc(data: Buffer, place: Place): void {
    if (this.#config !== null && this.#hevcLengthBytes === null) return;
    const units = readNalUnits(data, this.#hevcLengthBytes ?? 4, place, this.faults);
    if (units !== null && !units.some(isHevcSlice) && !this.faults.has("nal-length"))
      this.report("picture-empty", `${units.length} NAL units, none of them a slice`, place);
  }
}
