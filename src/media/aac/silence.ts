import { parseAudioSpecificConfig } from "./config.ts";

/** A syntactic element with a channel, two, or that of low frequencies (ISO/IEC 14496-3, table 4.71: id_syn_ele). */
type Element = "single" | "pair" | "low";

/** The elements of a frame by channelConfiguration (table 1.19); what is missing has a layout of its own, or one that ffmpeg 5.1 cannot play. */
const ELEMENTS: Readonly<Record<number, readonly Element[]>> = {
  1: ["single"],
  2: ["pair"],
  3: ["single", "pair"],
  4: ["single", "pair", "single"],
  5: ["single", "pair", "pair"],
  6: ["single", "pair", "pair", "low"],
  7: ["single", "pair", "pair", "pair", "low"],
  11: ["single", "pair", "pair", "single", "low"],
  12: ["single", "pair", "pair", "pair", "low"],
};

const ID_SYN_ELE: Readonly<Record<Element, string>> = { single: "000", pair: "001", low: "011" };
const ID_END = "111";

const GLOBAL_GAIN = "00000000";
/** ics_reserved_bit, window_sequence (long), window_shape, max_sfb (no band at all), predictor_data_present */
const ICS_INFO = "0 00 0 000000 0";
/** pulse_data_present, tns_data_present, gain_control_data_present; with no band there is nothing else */
const NO_DATA = "000";
const COMMON_WINDOW = "1";
const NO_MS_MASK = "00";

/**
 * A raw_data_block (4.4.2.1) that decodes to silence with this AudioSpecificConfig; null where the config has a layout of
 * its own, which does not tell the order of its elements.
 */
export function silentFrame(audioSpecificConfig: Uint8Array): Uint8Array | null {
  const elements = ELEMENTS[parseAudioSpecificConfig(audioSpecificConfig).channelConfiguration];
  if (elements === undefined) return null;
  const tags: Record<Element, number> = { single: 0, pair: 0, low: 0 };
  const bits = elements.map((element) => elementBits(element, tags[element]++)).join("") + ID_END;
  return packed(bits.replaceAll(" ", ""));
}

function elementBits(element: Element, tag: number): string {
  const head = ID_SYN_ELE[element] + tag.toString(2).padStart(4, "0"); // element_instance_tag
  if (element !== "pair") return head + GLOBAL_GAIN + ICS_INFO + NO_DATA;
  return head + COMMON_WINDOW + ICS_INFO + NO_MS_MASK + (GLOBAL_GAIN + NO_DATA).repeat(2);
}

/** The rest of the last byte is zero: byte_alignment(). */
function packed(bits: string): Uint8Array {
  const bytes = bits.match(/.{1,8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
}
