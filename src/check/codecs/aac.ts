import { type AacFormat, aacCodecString, parseAudioSpecificConfig } from "../../media/aac/config.ts";
import { Judge } from "../faults.ts";
import type { Place } from "../finding.ts";
import { placeOf, type TagUnit } from "../unit.ts";
import type { AudioCodecJudge } from "./audio-codec.ts";

/** id_syn_ele, the first three bits of an AAC frame (ISO/IEC 14496-3, table 4.85). */
const Element = { single: 0, pair: 1 } as const;
/** The last channelConfiguration that all players have. */
const LAST_USUAL_LAYOUT = 7;

export class AacJudge extends Judge implements AudioCodecJudge {
  #format: AacFormat | null = null;

  get name(): string {
    return this.#format === null ? "mp4a" : aacCodecString(this.#format);
  }

  get format(): AacFormat | null {
    return this.#format;
  }

  get extension(): 5 | 29 | null {
    return this.#format?.extensionObjectType ?? null;
  }

  configure(record: Buffer, place: Place): void {
    const read = () => parseAudioSpecificConfig(record);
    this.#format = this.faults.readable("aac-config-malformed", place, read) ?? this.#format;
    const { channelConfiguration = 1, channels = 0 } = this.#format ?? {};
    if (channelConfiguration >= 1 && channelConfiguration <= LAST_USUAL_LAYOUT) return;
    const detail = `channelConfiguration ${channelConfiguration}, ${channels} channels`;
    this.report("aac-channel-layout", detail, place);
  }

  read(data: Buffer, tag: TagUnit): void {
    const place = placeOf(tag);
    if (data.length === 0) {
      this.report("aac-frame-empty", "no data", place);
    } else if (isAdts(data)) {
      this.report("aac-adts", `it starts with ${data.toString("hex", 0, 2)}`, place);
    } else {
      this.#judgeChannels(data.readUInt8(0) >> 5, place);
    }
  }

  #judgeChannels(element: number, place: Place): void {
    const { channelConfiguration = 0, extensionObjectType = null } = this.#format ?? {};
    const isWrong =
      (channelConfiguration === 1 && element === Element.pair) ||
      (channelConfiguration === 2 && element === Element.single && extensionObjectType !== 29);
    if (!isWrong) return;
    const [expected, got] =
      element === Element.pair ? ["mono", "a channel pair"] : ["stereo", "a single channel"];
    this.report("aac-channels-mismatch", `${got}, expected ${expected}`, place);
  }
}

/** Syncword and layer 0 (1.A.2.2.1), and a length that fits. */
function isAdts(data: Buffer): boolean {
  if (data.length < 7 || (data.readUInt16BE(0) & 0xfff6) !== 0xfff0) return false;
  return ((data.readUInt32BE(2) >> 5) & 0x1fff) <= data.length;
}
