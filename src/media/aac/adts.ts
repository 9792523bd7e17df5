import { Buffer } from "node:buffer";
import { BitReader } from "../bit-reader.ts";
import { CorruptInputError } from "../corrupt-input.ts";
import { SAMPLE_RATES_HZ } from "./config.ts";

/** One frame of an ADTS stream, its header taken off. */
export interface AdtsFrame {
  /** Made from the header: what the stream would have as its codec's private data. */
  readonly audioSpecificConfig: Uint8Array;
  /** raw_data_block: a view. */
  readonly data: Uint8Array;
}

const SYNCWORD = 0xfff;
const FIXED_BYTES = 7;
const CRC_BYTES = 2;

/** Splits whole ADTS frames (ISO/IEC 14496-3, 1.A.2), one behind the other, into raw AAC. */
export function splitAdts(bytes: Uint8Array): AdtsFrame[] {
  const frames: AdtsFrame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.subarray(at);
    const { frameBytes, headerBytes, audioSpecificConfig } = readHeader(rest, at);
    frames.push({ audioSpecificConfig, data: rest.subarray(headerBytes, frameBytes) });
    at += frameBytes;
  }
  return frames;
}

interface Header {
  readonly frameBytes: number;
  readonly headerBytes: number;
  readonly audioSpecificConfig: Uint8Array;
}

/** adts_fixed_header and adts_variable_header (1.A.2.2). */
function readHeader(bytes: Uint8Array, at: number): Header {
  const reader = new BitReader(bytes.subarray(0, FIXED_BYTES), `ADTS frame at byte ${at}`);
  const syncword = reader.bits(12);
  if (syncword !== SYNCWORD) reader.fail("syncword fff", Buffer.from(bytes.subarray(0, 2)).toString("hex"));
  reader.bit(); // ID: MPEG-4 or MPEG-2
  const layer = reader.bits(2);
  if (layer !== 0) reader.fail("layer 0", layer);
  const headerBytes = reader.flag() ? FIXED_BYTES : FIXED_BYTES + CRC_BYTES; // protection_absent
  const audioObjectType = reader.bits(2) + 1; // profile_ObjectType
  const samplingFrequencyIndex = reader.bits(4);
  if (SAMPLE_RATES_HZ[samplingFrequencyIndex] === undefined) {
    reader.fail("a sampling frequency index of 0 to 12", samplingFrequencyIndex);
  }
  reader.bit(); // private_bit
  const channelConfiguration = reader.bits(3);
  if (channelConfiguration === 0) reader.fail("a channel configuration", "0, which leaves it to the frames");
  reader.bits(4); // original_copy, home, copyright_identification_bit and _start
  const frameBytes = reader.bits(13); // aac_frame_length
  reader.bits(11); // adts_buffer_fullness
  const blocks = reader.bits(2) + 1; // number_of_raw_data_blocks_in_frame
  if (blocks > 1) reader.fail("one raw data block", blocks);
  if (frameBytes <= headerBytes || frameBytes > bytes.length) {
    throw new CorruptInputError(
      `ADTS frame at byte ${at}: expected ${frameBytes} bytes, got ${bytes.length}`,
    );
  }
  const config = (audioObjectType << 11) | (samplingFrequencyIndex << 7) | (channelConfiguration << 3);
  return { frameBytes, headerBytes, audioSpecificConfig: Uint8Array.of(config >> 8, config & 0xff) };
}
