import { readFile, writeFile } from "node:fs/promises";

/** Bit by bit, past emulation prevention bytes, with where each bit stands. */
class SpsBits {
  readonly #places: number[] = [];
  readonly #sps: Buffer;
  at = 0;

  constructor(sps: Buffer) {
    this.#sps = sps;
    let zeros = 0;
    for (let byte = 1; byte < sps.length; byte++) {
      const isEmulationPrevention = zeros >= 2 && sps[byte] === 3;
      zeros = sps[byte] === 0 ? zeros + 1 : 0;
      if (!isEmulationPrevention) this.#places.push(byte);
    }
  }

  read(bits: number): number {
    let value = 0;
    for (; bits > 0; bits--, this.at++)
      value = value * 2 + (((this.#sps[this.#place()] ?? 0) >> (7 - (this.at & 7))) & 1);
    return value;
  }

  ue(): number {
    let zeros = 0;
    while (this.read(1) === 0) zeros++;
    return 2 ** zeros - 1 + this.read(zeros);
  }

  /** Writes one bit here, and nothing but zeros after it. */
  end(bit: 0 | 1): void {
    const place = this.#place();
    const kept = (this.#sps[place] ?? 0) & (0xff << (8 - (this.at & 7)));
    this.#sps[place] = kept | (bit << (7 - (this.at & 7)));
    this.#sps.fill(0, place + 1);
    this.at++;
  }

  #place(): number {
    return this.#places[this.at >> 3] ?? this.#sps.length - 1;
  }
}

/**
 * Takes the VUI out of the SPS of x264's High profile in an avcC, so that the film no longer tells by how many pictures it is
 * reordered. The SPS keeps its length: zeros after its end mean nothing.
 */
export async function withoutVui(film: string, without: string): Promise<string> {
  const bytes = await readFile(film);
  const at = bytes.indexOf(Buffer.from([0x67, 0x64, 0x00]));
  const sps = bytes.subarray(at, at + bytes.readUInt16BE(at - 2));
  const bits = new SpsBits(sps);
  bits.read(24); // profile, constraints, level
  bits.ue();
  for (let field = 0; field < 3; field++) bits.ue(); // chroma_format_idc, bit depths
  bits.read(2); // no scaling matrix
  for (let field = 0; field < 4; field++) bits.ue(); // log2_max_frame_num, order count type 0, its length, max_num_ref_frames
  bits.read(1);
  bits.ue();
  bits.ue();
  bits.read(2); // frame_mbs_only_flag, direct_8x8_inference_flag
  if (bits.read(1) === 1) throw new Error("expected a size without cropping");
  bits.end(0); // vui_parameters_present_flag
  bits.end(1); // rbsp_stop_one_bit
  await writeFile(without, bytes);
  return without;
}
