import { encodeAv1c, isAv1c } from "../../media/av1/av1c.ts";
import { av1CodecString } from "../../media/av1/codec-string.ts";
import { frameOf, isShownKeyFrame } from "../../media/av1/frame-header.ts";
import { type Obu, ObuType, splitObus } from "../../media/av1/obu.ts";
import { parseSequenceHeader, type SequenceHeader } from "../../media/av1/sequence-header.ts";
import { CorruptInputError } from "../../media/corrupt-input.ts";
import { FrameType } from "../../media/flv/video-form.ts";
import { Judge } from "../faults.ts";
import type { Place } from "../finding.ts";
import type { VideoCodecJudge, VideoFormat } from "./video-codec.ts";

/** Of an AV1CodecConfigurationRecord, before its OBUs. */
const FIXED_BYTES = 4;
const HAS_SIZE = 0b10;
const COMPOSITION_TIME_BYTES = 3;

/** Judges AV1: its record, and the OBUs of its temporal units (AV1 bitstream specification, 5.3 to 5.9). */
export class Av1Judge extends Judge implements VideoCodecJudge {
  #name: string | null = null;
  /** What holds, as it was sent last, and what the record has. */
  #sequence: SequenceHeader | null = null;
  #configured: SequenceHeader | null = null;

  get format(): VideoFormat | null {
    if (this.#name === null || this.#configured === null) return null;
    const { width, height } = this.#configured;
    return { name: this.#name, width, height, maxReorderFrames: 0 };
  }

  configure(record: Buffer, place: Place): void {
    [this.#name, this.#sequence, this.#configured] = [null, null, null];
    if (record.length < FIXED_BYTES || !isAv1c(record)) {
      const detail = `${record.length} bytes from ${record.toString("hex", 0, FIXED_BYTES)}, expected 81`;
      this.report("av1-config-malformed", detail, place);
      return;
    }
    this.#name = av1CodecString(record);
    const read = () => splitObus(record.subarray(FIXED_BYTES));
    const obus = this.faults.readable("av1-config-malformed", place, read);
    const unit = obus?.find(({ type }) => type === ObuType.sequenceHeader);
    if (obus !== null && unit === undefined)
      this.report("av1-config-no-sequence-header", `${record.length} bytes`, place);
    if (unit !== undefined) this.#judgeRecord(record, unit, place);
  }

  read(data: Buffer, frameType: number, place: Place): boolean {
    if (data.length === 0) this.report("picture-empty", "no data", place);
    else if (isTimed(data))
      this.report("av1-composition-time", `it starts with ${data.toString("hex", 0, 3)}`, place);
    else {
      const obus = this.faults.readable("av1-obu-malformed", place, () => splitObus(data));
      if (obus !== null) this.#judgeUnits(obus, data, frameType, place);
    }
    return false;
  }

  #judgeRecord(record: Buffer, { unit, payload }: Obu, place: Place): void {
    this.#configured = this.#readSequence(payload, place);
    this.#sequence = this.#configured;
    if (this.#configured === null) return;
    const [said, is] = [record, encodeAv1c(this.#configured, unit)].map((bytes) =>
      Buffer.from(bytes.subarray(1, 3)).toString("hex"),
    );
    if (said !== is)
      this.report("av1-config-mismatch", `bytes ${said}, the sequence header has ${is}`, place);
    if (this.#configured.hasOrderHint) this.report("av1-order-hint", "enable_order_hint is 1", place);
  }

  #readSequence(payload: Uint8Array, place: Place): SequenceHeader | null {
    return this.faults.readable("av1-sequence-malformed", place, () => parseSequenceHeader(payload));
  }

  #judgeUnits(obus: readonly Obu[], data: Buffer, frameType: number, place: Place): void {
    const types = obus.map(({ type }) => type);
    if (types.includes(ObuType.temporalDelimiter))
      this.report("av1-temporal-delimiter", `obu_type 2 of ${obus.length} OBUs`, place);
    if (!isLastSized(obus, data))
      this.report("av1-obu-without-size", `obu_type ${types.at(-1)}, obu_has_size_field 0`, place);
    for (const { type, payload } of obus)
      if (type === ObuType.sequenceHeader) this.#judgeSequence(payload, place);
    const frame = frameOf(obus);
    if (frame === undefined) this.report("picture-empty", `${obus.length} OBUs, none of them a frame`, place);
    else this.#judgeKey(frame, frameType, place);
  }

  #judgeSequence(payload: Uint8Array, place: Place): void {
    const [known, sequence] = [this.#configured, this.#readSequence(payload, place)];
    this.#sequence = sequence ?? this.#sequence;
    if (known === null || sequence === null) return;
    const [is, expected] = [sequence, known].map(
      ({ width, height, profile }) => `${width}x${height}, profile ${profile}`,
    );
    if (is !== expected) this.report("av1-sequence-differs", `${is}; expected ${expected}`, place);
  }

  #judgeKey(frame: Obu, frameType: number, place: Place): void {
    const sequence = this.#sequence;
    if (sequence === null) return;
    const isKey = this.faults.readable("av1-obu-malformed", place, () => isShownKeyFrame(frame, sequence));
    if (isKey === true && frameType === FrameType.inter)
      this.report("av1-key-not-marked", "FrameType 2, expected 1", place);
    if (isKey === false && frameType === FrameType.key)
      this.report("av1-key-frame-wrong", "FrameType 1 without a shown KEY_FRAME", place);
  }
}

/** Only the last OBU of a sample may be without its size (AV1 in ISOBMFF, 2.4), and got it as it was read. */
function isLastSized(obus: readonly Obu[], data: Buffer): boolean {
  const beforeLast = obus.slice(0, -1).reduce((bytes, { unit }) => bytes + unit.length, 0);
  return ((data[beforeLast] ?? 0) & HAS_SIZE) !== 0;
}

/** Whether the units stand behind a composition time as H.265 has it: its first byte is that of no OBU in use. */
function isTimed(data: Buffer): boolean {
  if (data[0] !== 0x00 && data[0] !== 0xff) return false;
  try {
    return frameOf(splitObus(data.subarray(COMPOSITION_TIME_BYTES))) !== undefined;
  } catch (error) {
    if (!(error instanceof CorruptInputError)) throw error;
    return false;
  }
}
