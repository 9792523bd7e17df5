import { BitReader } from "../../media/bit-reader.ts";
import { isSlice, NalUnitType, nalUnitType } from "../../media/h264/nal-unit.ts";
import { ParameterSets } from "../../media/h264/parameter-sets.ts";
import { isRecoveryPoint } from "../../media/h264/recovery-point.ts";
import { parseSps, withoutEmulationPrevention } from "../../media/h264/sps.ts";
import { Judge } from "../faults.ts";
import type { Place } from "../finding.ts";
import type { AvcSettings } from "./avc-config.ts";

/** What a coded picture turned out to be. */
export interface AvcFrame {
  readonly isIdr: boolean;
  readonly hasSlices: boolean;
  readonly hasBSlices: boolean;
  /** A recovery point SEI: decoding may begin here, with patience. */
  readonly isRecoveryPoint: boolean;
}

/** Looks into the NAL units of H.264 pictures (ITU-T H.264, 7.3); knows the parameter sets that have come. */
export class AvcFrames extends Judge {
  #sets = new ParameterSets();
  #settings: AvcSettings | null = null;

  configure(settings: AvcSettings, place: Place): void {
    this.#settings = settings;
    this.#sets = new ParameterSets();
    for (const unit of settings.units) this.faults.learnSet(() => this.#sets.add(unit), place);
  }

  read(units: readonly Buffer[], place: Place): AvcFrame {
    const known = units.filter((unit) => this.#judgeHeader(unit, place));
    const types = known.map((unit) => nalUnitType(unit.readUInt8(0)));
    for (const unit of known) this.#judgeSets(unit, place);
    const slices = known.filter((_, index) => isSlice(types[index] ?? 0));
    const kinds = slices.map((slice) => this.#judgeSlice(slice, place));
    return {
      isIdr: types.includes(NalUnitType.idrSlice),
      hasSlices: slices.length > 0 || known.length < units.length,
      hasBSlices: kinds.includes("B"),
      isRecoveryPoint: known.some(isRecoveryPoint),
    };
  }

  /** nal_ref_idc is let be: no decoder minds. */
  #judgeHeader(unit: Buffer, place: Place): boolean {
    const header = unit.readUInt8(0);
    const isForbidden = (header & 0x80) !== 0;
    if (!isForbidden && nalUnitType(header) !== 0) return true;
    const detail = isForbidden ? "forbidden_zero_bit is set" : "nal_unit_type 0 is unspecified";
    this.report("nal-header", `0x${header.toString(16)}: ${detail}`, place);
    return false;
  }

  #judgeSets(unit: Buffer, place: Place): void {
    const type = nalUnitType(unit.readUInt8(0));
    if (type === NalUnitType.sps) this.#judgeSps(unit, place);
    if (type === NalUnitType.sps || type === NalUnitType.pps)
      this.faults.learnSet(() => this.#sets.add(unit), place);
  }

  /** Only where it matters to a decoder that goes by the sequence header: another size or profile. */
  #judgeSps(unit: Buffer, place: Place): void {
    const known = this.#settings?.sps ?? null;
    const sps = this.faults.readable("sps-malformed", place, () => parseSps(unit));
    if (known === null || sps === null || sps.id !== known.id) return;
    const isSame =
      sps.width === known.width && sps.height === known.height && sps.profileIdc === known.profileIdc;
    if (isSame) return;
    const detail = `${sps.width}x${sps.height}, profile ${sps.profileIdc}; expected ${known.width}x${known.height}, ${known.profileIdc}`;
    this.report("sps-in-band-differs", detail, place);
  }

  /** slice_type, without what says that all slices are so (7.4.3); null where it cannot be read. */
  #judgeSlice(slice: Buffer, place: Place): "B" | "other" | null {
    return this.faults.readable("slice-malformed", place, () => {
      if (this.#settings !== null && this.#sets.usedBy(slice) === null) this.#reportMissing(place);
      const type = nalUnitType(slice.readUInt8(0));
      const reader = new BitReader(withoutEmulationPrevention(slice.subarray(1, 32)), "slice header");
      if (type !== NalUnitType.slice && type !== NalUnitType.idrSlice) return "other";
      reader.ue(); // first_mb_in_slice
      return reader.ueUpTo(9, "slice_type") % 5 === 1 ? "B" : "other";
    });
  }

  /** Sets that could not be read, or are known to be missing, are not reported again by each slice. */
  #reportMissing(place: Place): void {
    if (this.faults.has("sps-malformed", "avc-config-no-sps", "avc-config-no-pps")) return;
    this.report("slice-without-parameter-sets", "no PPS or SPS with that id", place);
  }
}
