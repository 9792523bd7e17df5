import { type AacFormat, aacCodecString, parseAudioSpecificConfig } from "../media/aac/config.ts";
import { type AudioMessage, type CodecId, readAudio } from "./audio-message.ts";
import { Judge } from "./faults.ts";
import type { Place } from "./finding.ts";
import { placeOf, type TagUnit } from "./unit.ts";

/** What sound is played by. */
export interface AudioFormat {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly samplesPerFrame: number;
}

/** id_syn_ele, the first three bits of an AAC frame (ISO/IEC 14496-3, table 4.85). */
const Element = { single: 0, pair: 1 } as const;
/** SoundRate (FLV 10.1, E.4.2.1). */
const FLV_RATES_HZ = [5_512, 11_025, 22_050, 44_100] as const;

/** Judges the bodies of audio tags. */
export class AudioJudge extends Judge {
  #config: Buffer | null = null;
  #aac: AacFormat | null = null;
  #format: AudioFormat | null = null;
  #state: "before" | "unconfigured" | "configured" = "before";
  #firstUnconfigured: Place | null = null;
  #codecId: CodecId | null = null;

  /** SoundFormat, or the FourCC; null while no sound has come. */
  get codecId(): CodecId | null {
    return this.#codecId;
  }

  get format(): AudioFormat | null {
    return this.#format;
  }

  /** Explicit SBR doubles the rate that is heard, PS the channels. */
  get extension(): 5 | 29 | null {
    return this.#aac?.extensionObjectType ?? null;
  }

  /** For people: `mp4a.40.2`. */
  get codecName(): string | null {
    if (this.#codecId === null) return null;
    if (this.#aac !== null) return aacCodecString(this.#aac);
    if (this.#codecId === 2 || this.#codecId === 14) return "mp3";
    return typeof this.#codecId === "string" ? this.#codecId : `SoundFormat ${this.#codecId}`;
  }

  /** Bytes of the sound, where the tag is some. */
  read(tag: TagUnit): number | null {
    const message = readAudio(tag, this.faults);
    if (message === null) return null;
    this.#codecId = message.codecId;
    if (message.kind === "config") this.#configure(message, placeOf(tag));
    else this.#readFrame(message, tag);
    return message.kind === "config" ? null : message.data.length;
  }

  end(): void {
    if (this.#state === "unconfigured")
      this.report("audio-config-missing", "a frame without settings", this.#firstUnconfigured);
  }

  #configure({ codec, data }: AudioMessage, place: Place): void {
    if (this.#state === "unconfigured")
      this.report("audio-config-late", "frames come first", this.#firstUnconfigured);
    this.#state = "configured";
    if (this.#config?.equals(data)) return;
    if (this.#config !== null) this.report("audio-config-changed", data.toString("hex"), place);
    this.#config = Buffer.from(data);
    if (codec !== "aac") return;
    this.#aac = this.faults.readable("aac-config-malformed", place, () => parseAudioSpecificConfig(data));
    this.#format = this.#aac ?? this.#format;
  }

  #readFrame({ codec, codecId, data }: AudioMessage, tag: TagUnit): void {
    const place = placeOf(tag);
    const needsConfig = codec === "aac" || (codec === "other" && (codecId === "Opus" || codecId === "fLaC"));
    if (needsConfig && this.#state === "before") {
      this.#state = "unconfigured";
      this.#firstUnconfigured = place;
    }
    if (codec === "aac") this.#judgeAac(data, place);
    if (codec === "mp3") this.#judgeMp3(data, tag, place);
  }

  #judgeAac(data: Buffer, place: Place): void {
    if (data.length === 0) {
      this.report("aac-frame-empty", "no data", place);
    } else if (isAdts(data)) {
      this.report("aac-adts", `it starts with ${data.toString("hex", 0, 2)}`, place);
    } else {
      this.#judgeChannels(data.readUInt8(0) >> 5, place);
    }
  }

  #judgeChannels(element: number, place: Place): void {
    const { channelConfiguration = 0, extensionObjectType = null } = this.#aac ?? {};
    const isWrong =
      (channelConfiguration === 1 && element === Element.pair) ||
      (channelConfiguration === 2 && element === Element.single && extensionObjectType !== 29);
    if (!isWrong) return;
    const [expected, got] =
      element === Element.pair ? ["mono", "a channel pair"] : ["stereo", "a single channel"];
    this.report("aac-channels-mismatch", `${got}, expected ${expected}`, place);
  }

  #judgeMp3(data: Buffer, tag: TagUnit, place: Place): void {
    const header = readMp3Header(data);
    if (header === null) {
      this.report("mp3-frame-malformed", `it starts with ${data.toString("hex", 0, 4)}`, place);
      return;
    }
    this.#format = header;
    this.#judgeMp3Fields(tag, header, place);
  }

  /** Rates that FLV has no number for are said as the nearest, mostly as 3. */
  #judgeMp3Fields(tag: TagUnit, { sampleRateHz, channels }: AudioFormat, place: Place): void {
    const first = tag.body.readUInt8(0);
    if (first >> 4 !== 2) return;
    const saidHz = FLV_RATES_HZ[(first >> 2) & 3] ?? 0;
    const saidChannels = (first & 1) + 1;
    const isRate = saidHz === sampleRateHz || !FLV_RATES_HZ.some((rate) => rate === sampleRateHz);
    if (isRate && saidChannels === channels) return;
    const detail = `${saidHz} Hz, ${saidChannels} channels; the frames have ${sampleRateHz} Hz, ${channels}`;
    this.report("mp3-sound-fields", detail, place);
  }
}

/** Syncword and layer 0 (1.A.2.2.1), and a length that fits. */
function isAdts(data: Buffer): boolean {
  if (data.length < 7 || (data.readUInt16BE(0) & 0xfff6) !== 0xfff0) return false;
  return ((data.readUInt32BE(2) >> 5) & 0x1fff) <= data.length;
}

/** By version bits: 2.5, reserved, 2, 1. */
const RATES_HZ = [[11_025, 12_000, 8_000], [], [22_050, 24_000, 16_000], [44_100, 48_000, 32_000]] as const;
const LAYER_3 = 1;
const MPEG_1 = 3;
const MONO = 3;

/**
 * Reads the four bytes of an MPEG audio frame's header (ISO/IEC 11172-3, 2.4.1.3; 13818-3 for the lower rates); null where
 * no frame of layer III begins.
 */
export function readMp3Header(data: Buffer): AudioFormat | null {
  if (data.length < 4 || data.readUInt16BE(0) >> 5 !== 0x7ff) return null;
  const [, second = 0, third = 0, fourth = 0] = data;
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  const sampleRateHz = RATES_HZ[version]?.[(third >> 2) & 3];
  if (layer !== LAYER_3 || sampleRateHz === undefined || third >> 4 === 0xf) return null;
  return {
    sampleRateHz,
    channels: fourth >> 6 === MONO ? 1 : 2,
    samplesPerFrame: version === MPEG_1 ? 1152 : 576,
  };
}
