import { type OpusHead, parseOpusHead } from "../../media/opus/head.ts";
import { packetSamples, SAMPLE_RATE_HZ } from "../../media/opus/packet.ts";
import { Judge } from "../faults.ts";
import type { Place } from "../finding.ts";
import { placeOf, type TagUnit } from "../unit.ts";
import type { AudioCodecJudge, AudioFormat } from "./audio-codec.ts";

/** 20 ms, which mpegts.js takes for granted. */
const USUAL_SAMPLES = 960;
/** Behind the fixed part of an OpusHead: stream count, coupled count, and a byte for each channel (RFC 7845, 5.1.1). */
const MAPPING_AT = 21;

/** Judges Opus: its OpusHead (RFC 7845, 5.1), and how long its packets last (RFC 6716, 3). */
export class OpusJudge extends Judge implements AudioCodecJudge {
  readonly name = "opus";
  #head: OpusHead | null = null;
  #samples: number | null = null;

  get format(): AudioFormat | null {
    if (this.#head === null || this.#samples === null) return null;
    const { channels } = this.#head;
    return { sampleRateHz: SAMPLE_RATE_HZ, channels, samplesPerFrame: this.#samples };
  }

  configure(record: Buffer, place: Place): void {
    this.#head = this.faults.readable("opus-config-malformed", place, () => parseOpusHead(record));
    if (this.#head === null) return;
    const { channels, mappingFamily } = this.#head;
    const detail = `channel mapping family ${mappingFamily}, ${channels} channels, ${record.length} bytes`;
    const isWhole = mappingFamily === 0 ? channels <= 2 : record.length >= MAPPING_AT + channels;
    if (!isWhole) this.report("opus-config-malformed", detail, place);
    else if (mappingFamily > 1) this.report("opus-mapping-family", detail, place);
  }

  read(data: Buffer, tag: TagUnit): void {
    const place = placeOf(tag);
    this.#samples = this.faults.readable("opus-packet-malformed", place, () => packetSamples(data));
    if (this.#samples === null || this.#samples === USUAL_SAMPLES) return;
    this.report("opus-packet-duration", `${this.#samples / 48} ms, expected 20 ms`, place);
  }
}
