import { BitReader } from "../../media/bit-reader.ts";
import { FrameType } from "../../media/flv/video-form.ts";
import { hasRecoveryPoint } from "../../media/h264/recovery-point.ts";
import { withoutEmulationPrevention } from "../../media/h264/sps.ts";
import { headerBytes, isIrap, NalUnitType, nalUnitType, useOf } from "../../media/hevc/nal-unit.ts";
import { ParameterSets } from "../../media/hevc/parameter-sets.ts";
import { parseSps } from "../../media/hevc/sps.ts";
import { Judge } from "../faults.ts";
import type { Place } from "../finding.ts";
import { type HevcSettings, readHevcConfig } from "./hevc-config.ts";
import { readNalUnits } from "./nal-lengths.ts";
import type { VideoCodecJudge, VideoFormat } from "./video-codec.ts";

const LAST_SLICE = 31;
const B_SLICE = 0; // slice_type (ITU-T H.265, table 7-7)

/** Judges H.265: its record, and the NAL units of its pictures (ITU-T H.265, 7.3). */
export class HevcJudge extends Judge implements VideoCodecJudge {
  #sets = new ParameterSets();
  /** undefined: none have come; null: they could not be read. */
  #settings: HevcSettings | null | undefined;
  /** The nal_unit_type of the last picture at which decoding can begin. */
  #irapType: number | null = null;

  get format(): VideoFormat | null {
    const { sps, name } = this.#settings ?? {};
    if (!sps || name === undefined) return null;
    return { name, width: sps.width, height: sps.height, maxReorderFrames: sps.maxReorderPics };
  }

  configure(record: Buffer, place: Place): void {
    this.#settings = readHevcConfig(record, place, this.faults);
    this.#sets = new ParameterSets();
    for (const unit of this.#settings?.units ?? []) {
      if (useOf(unit) === "parameter-set") this.faults.learnSet(() => this.#sets.add(unit), place);
    }
  }

  read(data: Buffer, frameType: number, place: Place): boolean {
    if (this.#settings === null) return false;
    const lengthBytes = this.#settings?.lengthBytes ?? 4;
    const units = readNalUnits(data, lengthBytes, place, this.faults, isFirstByte);
    if (units === null) return false;
    const known = units.filter((unit) => this.#judgeHeader(unit, place));
    for (const unit of known) this.#judgeSet(unit, place);
    const slices = known.filter((unit) => nalUnitType(unit) <= LAST_SLICE && useOf(unit) !== "unknown");
    const hasSlices = slices.length > 0 || known.length < units.length;
    if (!hasSlices && !this.faults.has("nal-length"))
      this.report("picture-empty", `${units.length} NAL units, none of them a slice`, place);
    if (slices.length === 0) return false;
    this.#judgeTypes(slices, frameType, known.some(isRecoveryPoint), place);
    const areB = slices.map((slice) => this.#isBSlice(slice, place)); // each is judged
    return areB.includes(true);
  }

  /** nal_unit_header (7.3.1.2). */
  #judgeHeader(unit: Buffer, place: Place): boolean {
    const fault = headerFault(unit);
    if (fault === null) return true;
    this.report("nal-header", `0x${unit.toString("hex", 0, headerBytes)}: ${fault}`, place);
    return false;
  }

  #judgeSet(unit: Buffer, place: Place): void {
    if (useOf(unit) !== "parameter-set") return;
    this.faults.learnSet(() => this.#sets.add(unit), place);
    const known = this.#settings?.sps ?? null;
    if (known === null || nalUnitType(unit) !== NalUnitType.sps) return;
    const sps = this.faults.readable("sps-malformed", place, () => parseSps(unit));
    if (sps === null || sps.id !== known.id) return;
    const [profile, expected] = [sps, known].map(({ profileTierLevel: [first = 0] }) => first & 0x1f);
    if (sps.width === known.width && sps.height === known.height && profile === expected) return;
    const detail = `${sps.width}x${sps.height}, profile ${profile}; expected ${known.width}x${known.height}, ${expected}`;
    this.report("sps-in-band-differs", detail, place);
  }

  /** Of all slices of a picture, the first one's type is told of. */
  #judgeTypes(slices: readonly Buffer[], frameType: number, isRecovery: boolean, place: Place): void {
    const types = slices.map(nalUnitType);
    const type = types.find(isIrap) ?? types[0] ?? 0;
    const detail = `FrameType ${frameType}, nal_unit_type ${type}`;
    if (frameType === FrameType.inter && isIrap(type)) this.report("irap-not-marked", detail, place);
    if (frameType === FrameType.key && !isIrap(type))
      this.report(isRecovery ? "key-frame-recovery-point" : "key-frame-not-irap", detail, place);
    if (isIrap(type)) this.#irapType = type;
    if (type === NalUnitType.raslN || type === NalUnitType.raslR) this.#judgeLeading(type, place);
  }

  /** RASL pictures belong to the CRA or BLA picture before them (7.4.2.2). */
  #judgeLeading(type: number, place: Place): void {
    const isAfterIdr = this.#irapType === NalUnitType.idr || this.#irapType === NalUnitType.idrWithRadl;
    const detail = `nal_unit_type ${type} after ${this.#irapType ?? "no key frame"}`;
    if (isAfterIdr) this.report("hevc-rasl-after-idr", detail, place);
    else if (this.#irapType !== null) this.report("hevc-open-gop", detail, place);
  }

  #isBSlice(slice: Buffer, place: Place): boolean {
    const type = this.faults.readable("slice-malformed", place, () => {
      const used = this.#sets.usedBy(slice);
      if (used === null && this.#settings) this.#reportMissing(place);
      return used === null ? null : readSliceType(slice, used.pps);
    });
    return type === B_SLICE;
  }

  /** Sets that could not be read, or are known to be missing, are not reported again by each slice. */
  #reportMissing(place: Place): void {
    if (this.faults.has("sps-malformed", "hevc-config-no-sets")) return;
    this.report("slice-without-parameter-sets", "no VPS, SPS or PPS with that id", place);
  }
}

/** Of the front of slice_segment_header (7.3.6.1); null for a segment that is not its picture's first. */
function readSliceType(slice: Buffer, pps: Uint8Array): number | null {
  const reader = new BitReader(
    withoutEmulationPrevention(slice.subarray(headerBytes, 32)),
    "slice segment header",
  );
  if (!reader.flag()) return null; // first_slice_segment_in_pic_flag
  if (isIrap(nalUnitType(slice))) reader.bit(); // no_output_of_prior_pics_flag
  reader.ue(); // slice_pic_parameter_set_id
  reader.bits(extraSliceHeaderBits(pps)); // slice_reserved_flag
  return reader.ueUpTo(2, "slice_type");
}

/** num_extra_slice_header_bits of a PPS (7.3.2.3.1). */
function extraSliceHeaderBits(pps: Uint8Array): number {
  const reader = new BitReader(withoutEmulationPrevention(pps.subarray(headerBytes, 32)), "H.265 PPS");
  reader.ue(); // pps_pic_parameter_set_id
  reader.ue(); // pps_seq_parameter_set_id
  reader.bits(1 + 1); // dependent_slice_segments_enabled_flag, output_flag_present_flag
  return reader.bits(3);
}

function headerFault(unit: Buffer): string | null {
  const [first = 0, second = 0] = unit;
  if ((first & 0x80) !== 0) return "forbidden_zero_bit is set";
  if (unit.length < headerBytes) return "one byte, expected two or more";
  return (second & 7) === 0 ? "nuh_temporal_id_plus1 is 0" : null;
}

/** Of a slice, a parameter set, a delimiter or an SEI, in layer 0. */
function isFirstByte(byte: number): boolean {
  const type = nalUnitType(Uint8Array.of(byte));
  const isUsual = type < 10 || (type >= 16 && type <= 21) || (type >= 32 && type <= 40);
  return (byte & 0x81) === 0 && isUsual;
}

function isRecoveryPoint(unit: Buffer): boolean {
  return nalUnitType(unit) === NalUnitType.prefixSei && hasRecoveryPoint(unit.subarray(headerBytes));
}
