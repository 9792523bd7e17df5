import { type AudioMessage, type CheckedAudioCodec, type CodecId, readAudio } from "./audio-message.ts";
import type { AudioCodecJudge, AudioFormat } from "./codecs/audio-codec.ts";
import { openAudioCodec } from "./codecs/open.ts";
import { Judge } from "./faults.ts";
import type { Place } from "./finding.ts";
import { placeOf, type TagUnit } from "./unit.ts";

/** Codecs with a sequence header. */
const CONFIGURED: ReadonlySet<CodecId> = new Set(["Opus", "fLaC", "mp4a", 10]);

export class AudioJudge extends Judge {
  #config: Buffer | null = null;
  #codec: CheckedAudioCodec | null = null;
  #judge: AudioCodecJudge | null = null;
  #state: "before" | "unconfigured" | "configured" | "ended" = "before";
  #firstUnconfigured: Place | null = null;
  #codecId: CodecId | null = null;

  /** SoundFormat, or the FourCC; null while no sound has come. */
  get codecId(): CodecId | null {
    return this.#codecId;
  }

  get format(): AudioFormat | null {
    return this.#judge?.format ?? null;
  }

  /** Explicit SBR doubles the rate that is heard, PS the channels. */
  get extension(): 5 | 29 | null {
    return this.#judge?.extension ?? null;
  }

  /** For people: `mp4a.40.2`. */
  get codecName(): string | null {
    if (this.#codecId === null) return null;
    if (this.#judge !== null) return this.#judge.name;
    return typeof this.#codecId === "string" ? this.#codecId : `SoundFormat ${this.#codecId}`;
  }

  /** Bytes of the sound, where the tag is some. */
  read(tag: TagUnit): number | null {
    const message = readAudio(tag, this.faults);
    if (message === null) return null;
    this.#open(message);
    switch (message.kind) {
      case "config":
        this.#configure(message, placeOf(tag));
        return null;
      case "frame":
        this.#readFrame(message, tag);
        return message.data.length;
      case "end":
        if (this.#state !== "unconfigured") this.#state = "ended";
        return null;
    }
  }

  end(): void {
    if (this.#state === "unconfigured")
      this.report("audio-config-missing", "a frame without settings", this.#firstUnconfigured);
  }

  #open({ codec, codecId }: AudioMessage): void {
    this.#codecId = codecId;
    if (codec === this.#codec) return;
    this.#codec = codec;
    this.#judge = codec === "other" ? null : openAudioCodec(codec, this.faults);
  }

  #configure({ data }: AudioMessage, place: Place): void {
    if (this.#state === "unconfigured")
      this.report("audio-config-late", "frames come first", this.#firstUnconfigured);
    this.#state = "configured";
    if (this.#config?.equals(data)) return;
    if (this.#config !== null) this.report("audio-config-changed", data.toString("hex", 0, 32), place);
    this.#config = Buffer.from(data);
    this.#judge?.configure?.(this.#config, place);
  }

  #readFrame({ codecId, data }: AudioMessage, tag: TagUnit): void {
    const place = placeOf(tag);
    if (this.#state === "before" && CONFIGURED.has(codecId)) {
      this.#state = "unconfigured";
      this.#firstUnconfigured = place;
    }
    if (this.#state === "ended") {
      this.report("frames-after-end", "audio follows without a sequence header", place);
      this.#state = "configured";
    }
    this.#judge?.read(data, tag);
  }
}
