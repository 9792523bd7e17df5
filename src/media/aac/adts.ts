import { Buffer } from "node:buffer";
import { BitReader } from "../bit-reader.ts";
import { CorruptInputError } from "../corrupt-input.ts";
import type { UnitDrops } from "../unit-drops.ts";
import { SAMPLE_RATES_HZ } from "./config.ts";
import { readProgramConfig } from "./program-config.ts";

export interface AdtsFrame {
  /** Made from the header: what the stream would have as its codec's private data. */
  readonly audioSpecificConfig: Uint8Array;
  /** raw_data_block: a view. */
  readonly data: Uint8Array;
}

const SYNCWORD = 0xfff;
const FIXED_BYTES = 7;
const CRC_BYTES = 2;
const ID_PCE = 5;
const NO_BYTES = new Uint8Array(0);

/**
 * Splits whole ADTS frames (ISO/IEC 14496-3, 1.A.2), one behind the other, into raw AAC. What is damaged is dropped: the
 * bytes up to the next header like the last, and a frame whose header is unlike those before and after it.
 */
export class AdtsSplitter {
  readonly #drops: UnitDrops;
  /** The AudioSpecificConfig of the frames, and another that may have come instead of it. */
  #config: Uint8Array | null = null;
  #nextConfig: Uint8Array | null = null;
  /** The last program_config_element, as an AudioSpecificConfig holds it. */
  #programConfig = NO_BYTES;

  constructor(drops: UnitDrops) {
    this.#drops = drops;
  }

  split(bytes: Uint8Array): AdtsFrame[] {
    const frames: AdtsFrame[] = [];
    for (let at = 0; at < bytes.length; ) {
      const rest = bytes.subarray(at);
      const header = this.#drops.guard(() => readHeader(rest, at));
      if (header !== null) {
        const block = rest.subarray(header.headerBytes, header.frameBytes);
        frames.push(...(this.#drops.guard(() => this.#frame(header, block)) ?? []));
      }
      at = header === null ? nextFrame(bytes, at + 1) : at + header.frameBytes;
    }
    return frames;
  }

  /** None while its layout is not known, or is another for the first time. */
  #frame(header: Header, block: Uint8Array): AdtsFrame[] {
    const { audioSpecificConfig, data } = header.hasProgramConfig
      ? this.#withProgramConfig(header.audioSpecificConfig, block)
      : { ...header, data: block };
    if (!this.#isConfirmed(audioSpecificConfig)) {
      this.#drops.damage("an ADTS frame whose header is unlike the one before");
      return [];
    }
    return [{ audioSpecificConfig, data }];
  }

  #isConfirmed(config: Uint8Array): boolean {
    const isNew = this.#config === null || isSame(config, this.#nextConfig);
    this.#nextConfig = isSame(config, this.#config) ? null : config;
    if (isNew) this.#config = config;
    return isNew || this.#nextConfig === null;
  }

  /** The layout stands in front of the frame's own elements, if not of each frame's, and moves where decoders look for it. */
  #withProgramConfig(front: Uint8Array, block: Uint8Array): AdtsFrame {
    const reader = new BitReader(block, "ADTS frame with channel configuration 0");
    let data = block;
    if (reader.bits(3) === ID_PCE) {
      readProgramConfig(reader);
      const bits = reader.position - 3;
      const aligned = Math.ceil(reader.position / 8); // byte_alignment()
      const end = aligned + 1 + (block[aligned] ?? block.length); // comment_field_bytes
      if (end >= block.length) reader.fail("a frame behind its program_config_element", "its end");
      this.#programConfig = Buffer.concat([alignedBits(block, 3, bits), block.subarray(aligned, end)]);
      data = block.subarray(end);
    }
    if (this.#programConfig.length === 0) reader.fail("a program_config_element", "none in any frame so far");
    return { audioSpecificConfig: Buffer.concat([front, this.#programConfig]), data };
  }
}

function isSame(config: Uint8Array, known: Uint8Array | null): boolean {
  return known !== null && Buffer.compare(known, config) === 0;
}

/** So many bits from that one on, the rest of the last byte zero. */
function alignedBits(bytes: Uint8Array, from: number, count: number): Uint8Array {
  const reader = new BitReader(bytes, "bits");
  reader.bits(from);
  const out = new Uint8Array(Math.ceil(count / 8));
  for (let at = 0; at < count; at++) out[at >> 3] = (out[at >> 3] ?? 0) | (reader.bit() << (7 - (at & 7)));
  return out;
}

/** Where the next whole frame begins that the next header follows, or the end. */
function nextFrame(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (!isSyncword(bytes, at)) continue;
    try {
      const next = at + readHeader(bytes.subarray(at), at).frameBytes;
      if (next === bytes.length || isSyncword(bytes, next)) return at;
    } catch (error) {
      if (!(error instanceof CorruptInputError)) throw error;
    }
  }
  return bytes.length;
}

function isSyncword(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xf6) === 0xf0; // layer is 0, too
}

interface Header {
  readonly frameBytes: number;
  readonly headerBytes: number;
  /** Without the layout, where the frames have it. */
  readonly audioSpecificConfig: Uint8Array;
  /** channel_configuration is 0. */
  readonly hasProgramConfig: boolean;
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
  return {
    frameBytes,
    headerBytes,
    audioSpecificConfig: Uint8Array.of(config >> 8, config & 0xff),
    hasProgramConfig: channelConfiguration === 0,
  };
}
