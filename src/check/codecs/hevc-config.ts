import { hevcCodecString } from "../../media/hevc/codec-string.ts";
import { type Hvcc, parseHvcc } from "../../media/hevc/hvcc.ts";
import { NalUnitType, nalUnitType } from "../../media/hevc/nal-unit.ts";
import { parseSps, type Sps } from "../../media/hevc/sps.ts";
import type { Faults } from "../faults.ts";
import type { Place } from "../finding.ts";

/** What pictures need of the sequence header. */
export interface HevcSettings {
  readonly lengthBytes: Hvcc["lengthBytes"];
  readonly sps: Sps | null;
  readonly units: readonly Uint8Array[];
  /** `hvc1.1.6.L93.B0` */
  readonly name: string;
}

const LENGTH_SIZE_AT = 21;

/** Reads and judges an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1.2); null where no picture can be read. */
export function readHevcConfig(data: Buffer, place: Place, faults: Faults): HevcSettings | null {
  if (/^0000(00)?01/.test(data.toString("hex", 0, 4))) {
    faults.report("hevc-config-annex-b", `it starts with ${data.toString("hex", 0, 4)}`, place);
    return null;
  }
  const lengthSize = data.length > LENGTH_SIZE_AT ? (data.readUInt8(LENGTH_SIZE_AT) & 3) + 1 : 4;
  if (lengthSize !== 4) faults.report("hevc-config-length-size", `${lengthSize}, expected 4`, place);
  if (lengthSize === 3) return null;
  const record = faults.readable("hevc-config-malformed", place, () => parseHvcc(data));
  if (record === null) return null;
  if (data[0] === 0) faults.report("hevc-config-version", "0, expected 1", place);
  judgeArrays(record, place, faults);
  const { lengthBytes, units } = record;
  const first = units.find((unit) => nalUnitType(unit) === NalUnitType.sps);
  const sps = first === undefined ? null : faults.readable("sps-malformed", place, () => parseSps(first));
  if (sps !== null) judgeProfile(sps, data, place, faults);
  return { lengthBytes, sps, units, name: hevcCodecString(data) };
}

const SETS = { VPS: NalUnitType.vps, SPS: NalUnitType.sps, PPS: NalUnitType.pps } as const;

function judgeArrays({ arrays }: Hvcc, place: Place, faults: Faults): void {
  const missing = Object.entries(SETS).filter(
    ([, type]) => !arrays.some((array) => array.type === type && array.units.length > 0),
  );
  if (missing.length > 0)
    faults.report("hevc-config-no-sets", `no ${missing.map(([name]) => name).join(", ")}`, place);
  for (const { type, units } of arrays) {
    const other = units.find((unit) => nalUnitType(unit) !== type);
    if (other === undefined) continue;
    const detail = `nal_unit_type ${nalUnitType(other)} in the array of ${type}`;
    faults.report("hevc-config-array", detail, place);
  }
}

/** Compatibility and constraint flags are left out, as with H.264. */
function judgeProfile(sps: Sps, data: Buffer, place: Place, faults: Faults): void {
  const said = valuesOf(data.subarray(1, 13), data.readUInt8(16), data.readUInt8(17), data.readUInt8(18));
  const is = valuesOf(
    sps.profileTierLevel,
    sps.chromaFormatIdc,
    sps.bitDepthLuma - 8,
    sps.bitDepthChroma - 8,
  );
  if (said !== is) faults.report("hevc-config-profile-mismatch", `${said}; the SPS has ${is}`, place);
}

/** general_profile_idc, general_tier_flag, general_level_idc, chromaFormat, bit depths. */
function valuesOf(profileTierLevel: Uint8Array, chroma: number, luma: number, chromaDepth: number): string {
  const profile = profileTierLevel[0] ?? 0;
  const tier = (profile & 0x20) === 0 ? "Main" : "High";
  const depths = `${8 + (luma & 7)} and ${8 + (chromaDepth & 7)} bits`;
  return `profile ${profile & 0x1f}, ${tier} tier, level ${profileTierLevel[11]}, chroma format ${chroma & 3}, ${depths}`;
}
