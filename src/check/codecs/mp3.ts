import { SoundFormat } from "../../media/flv/audio-form.ts";
import { type Mp3Header, readMp3Header } from "../../media/mp3/frame.ts";
import { inBytes, Judge } from "../faults.ts";
import type { Place } from "../finding.ts";
import { placeOf, type TagUnit } from "../unit.ts";
import { type AudioCodecJudge, type AudioFormat, FLV_RATES_HZ } from "./audio-codec.ts";

export class Mp3Judge extends Judge implements AudioCodecJudge {
  readonly name = "mp3";
  #format: AudioFormat | null = null;

  get format(): AudioFormat | null {
    return this.#format;
  }

  read(data: Buffer, tag: TagUnit): void {
    const place = placeOf(tag);
    const header = readMp3Header(data);
    if (header === null) {
      this.report("mp3-frame-malformed", `it starts with ${data.toString("hex", 0, 4)}`, place);
      return;
    }
    this.#format = header;
    this.#judgeSize(data, header, place);
    this.#judgeFields(tag, header, place);
  }

  #judgeSize(data: Buffer, { frameBytes }: Mp3Header, place: Place): void {
    if (frameBytes === null || frameBytes === data.length) return;
    const detail = `a frame of ${frameBytes} bytes in ${data.length}`;
    this.report("mp3-frame-size", detail, place, inBytes(data.length - frameBytes));
  }

  /** Rates that FLV has no number for are said as the nearest, mostly as 3. */
  #judgeFields(tag: TagUnit, { sampleRateHz, channels }: AudioFormat, place: Place): void {
    const first = tag.body.readUInt8(0);
    if (first >> 4 !== SoundFormat.mp3) return;
    const saidHz = FLV_RATES_HZ[(first >> 2) & 3] ?? 0;
    const saidChannels = (first & 1) + 1;
    const isRate = saidHz === sampleRateHz || !FLV_RATES_HZ.includes(sampleRateHz);
    if (isRate && saidChannels === channels) return;
    const detail = `${saidHz} Hz, ${saidChannels} channels; the frames have ${sampleRateHz} Hz, ${channels}`;
    this.report("mp3-sound-fields", detail, place);
  }
}
