import { FrameType } from "../../media/flv/video-form.ts";
import { h264CodecString } from "../../media/h264/sps.ts";
import { Judge } from "../faults.ts";
import type { Place } from "../finding.ts";
import { type AvcSettings, readAvcConfig } from "./avc-config.ts";
import { AvcFrames } from "./avc-frame.ts";
import { readNalUnits } from "./nal-lengths.ts";
import type { VideoCodecJudge, VideoFormat } from "./video-codec.ts";

export class H264Judge extends Judge implements VideoCodecJudge {
  readonly #frames = new AvcFrames(this.faults);
  /** undefined: none have come; null: they could not be read. */
  #settings: AvcSettings | null | undefined;

  get format(): VideoFormat | null {
    const sps = this.#settings?.sps;
    if (!sps) return null;
    const { width, height, maxReorderFrames } = sps;
    return { name: h264CodecString(sps), width, height, maxReorderFrames };
  }

  configure(record: Buffer, place: Place): void {
    this.#settings = readAvcConfig(record, place, this.faults);
    if (this.#settings !== null) this.#frames.configure(this.#settings, place);
  }

  read(data: Buffer, frameType: number, place: Place): boolean {
    if (this.#settings === null) return false;
    const units = readNalUnits(data, this.#settings?.lengthBytes ?? 4, place, this.faults);
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
    if (frameType === FrameType.inter && isIdr)
      this.report("idr-not-marked", "FrameType 2, expected 1", place);
    if (frameType !== FrameType.key || isIdr) return;
    if (isRecoveryPoint) this.report("key-frame-recovery-point", "FrameType 1 without IDR", place);
    else this.report("key-frame-not-idr", "FrameType 1 without IDR", place);
  }
}
