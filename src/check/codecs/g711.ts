import type { G711Codec } from "../../media/g711/track.ts";
import { type Faults, Judge } from "../faults.ts";
import { placeOf, type TagUnit } from "../unit.ts";
import { type AudioCodecJudge, type AudioFormat, FLV_RATES_HZ } from "./audio-codec.ts";

/** SoundRate 0, SoundSize 1, SoundType 0: how 8 kHz mono is written, for which FLV has no rate. */
const USUAL_FIELDS = 0b00_1_0;
const USUAL_RATE_HZ = 8000;

/** Judges G.711, of which each byte is a sample. */
export class G711Judge extends Judge implements AudioCodecJudge {
  readonly name: string;
  #format: AudioFormat | null = null;

  constructor(codec: G711Codec, faults: Faults) {
    super(faults);
    this.name = codec === "pcm_alaw" ? "G.711 A-law" : "G.711 µ-law";
  }

  get format(): AudioFormat | null {
    return this.#format;
  }

  read(data: Buffer, tag: TagUnit): void {
    const first = tag.body.readUInt8(0);
    const fields = first & 0xf;
    const channels = (fields & 1) + 1;
    const sampleRateHz = fields >> 2 === 0 ? USUAL_RATE_HZ : (FLV_RATES_HZ[fields >> 2] ?? USUAL_RATE_HZ);
    this.#format = { sampleRateHz, channels, samplesPerFrame: data.length / channels };
    this.report("audio-g711", this.name, placeOf(tag));
    if (fields === USUAL_FIELDS) return;
    const expected = ((first & 0xf0) | USUAL_FIELDS).toString(16);
    this.report("g711-sound-fields", `0x${first.toString(16)}, expected 0x${expected}`, placeOf(tag));
  }
}
