import type { BitReader } from "../bit-reader.ts";

/** program_config_element (ISO/IEC 14496-3, 4.4.1.1) up to its byte_alignment. @returns how many channels it has */
export function readProgramConfig(reader: BitReader): number {
  reader.bits(4 + 2 + 4); // element_instance_tag, object_type, sampling_frequency_index
  const channelElements = reader.bits(4) + reader.bits(4) + reader.bits(4); // front, side, back
  const lowFrequencyElements = reader.bits(2);
  const associatedDataElements = reader.bits(3);
  const couplingElements = reader.bits(4); // num_valid_cc_elements
  if (reader.flag()) reader.bits(4); // mono_mixdown_element_number
  if (reader.flag()) reader.bits(4); // stereo_mixdown_element_number
  if (reader.flag()) reader.bits(2 + 1); // matrix_mixdown_idx, pseudo_surround_enable
  let channels = lowFrequencyElements;
  for (let index = 0; index < channelElements; index++) {
    channels += reader.flag() ? 2 : 1; // element_is_cpe
    reader.bits(4); // element_tag_select
  }
  for (let index = 0; index < lowFrequencyElements + associatedDataElements; index++) reader.bits(4);
  for (let index = 0; index < couplingElements; index++) reader.bits(1 + 4); // cc_element_is_ind_sw, tag
  return channels;
}
