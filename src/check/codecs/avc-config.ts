import { type Avcc, parseAvcc } from "../../media/h264/avcc.ts";
import { parseSps, type Sps } from "../../media/h264/sps.ts";
import type { Faults } from "../faults.ts";
import type { Place } from "../finding.ts";

/** What pictures need of the sequence header. */
export interface AvcSettings {
  readonly lengthBytes: Avcc["lengthBytes"];
  readonly sps: Sps | null;
  readonly units: readonly Uint8Array[];
}

/** Reads and judges an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1.2); null where no picture can be read. */
export function readAvcConfig(data: Buffer, place: Place, faults: Faults): AvcSettings | null {
  if (/^0000(00)?01/.test(data.toString("hex", 0, 4))) {
    faults.report("avc-config-annex-b", `it starts with ${data.toString("hex", 0, 4)}`, place);
    return null;
  }
  if (data.length > 0 && data[0] !== 1) {
    faults.report("avc-config-version", `${data[0]}, expected 1`, place);
    return null;
  }
  const lengthSize = data.length > 4 ? (data.readUInt8(4) & 3) + 1 : 4;
  if (lengthSize !== 4) faults.report("avc-config-length-size", `${lengthSize}, expected 4`, place);
  if (lengthSize === 3) return null;
  const record = faults.readable("avc-config-malformed", place, () => parseAvcc(data));
  if (record === null) return null;
  judgeReserved(data, place, faults);
  return settingsOf(record, data, place, faults);
}

function judgeReserved(data: Buffer, place: Place, faults: Faults): void {
  const [lengths = 0, sets = 0] = data.subarray(4);
  if (lengths >> 2 !== 0b111111 || sets >> 5 !== 0b111)
    faults.report("avc-config-reserved-bits", `bytes ${data.toString("hex", 4, 6)}, expected ff e1`, place);
}

function settingsOf(record: Avcc, data: Buffer, place: Place, faults: Faults): AvcSettings {
  const { lengthBytes, spsUnits, ppsUnits } = record;
  const [first] = spsUnits;
  if (first === undefined) faults.report("avc-config-no-sps", "0, expected 1 or more", place);
  if (ppsUnits.length === 0) faults.report("avc-config-no-pps", "0, expected 1 or more", place);
  const sps = first === undefined ? null : faults.readable("sps-malformed", place, () => parseSps(first));
  if (sps !== null) judgeProfile(sps, data, place, faults);
  return { lengthBytes, sps, units: [...spsUnits, ...ppsUnits] };
}

/** Constraint flags are left out: encoders set those of the record otherwise, and nothing comes of it. */
function judgeProfile(sps: Sps, data: Buffer, place: Place, faults: Faults): void {
  const [, profile, , level] = data;
  if (profile === sps.profileIdc && level === sps.levelIdc) return;
  const detail = `profile ${profile}, level ${level}; the SPS has ${sps.profileIdc}, ${sps.levelIdc}`;
  faults.report("avc-config-profile-mismatch", detail, place);
}
