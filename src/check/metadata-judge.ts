import { type Amf0Property, type Amf0Value, decodeAmf0 } from "../media/flv/amf0.ts";
import type { FaultId } from "./catalogue.ts";
import { Judge } from "./faults.ts";
import type { Place } from "./finding.ts";
import { placeOf, type TagUnit } from "./unit.ts";

/** What a stream turned out to be, to hold its own words against; null where it was not to be seen. */
export interface MediaFacts {
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  /** CodecID, or a FourCC. */
  readonly videoCodecId: number | string | null;
  /** SoundFormat, or a FourCC. */
  readonly audioCodecId: number | string | null;
  /** Of the coded frames. */
  readonly sampleRateHz: number | null;
  readonly channels: number | null;
  readonly extension: 5 | 29 | null;
  readonly isLive: boolean;
  /** The time of the last frame. */
  readonly lastMs: number;
  /** How long a file is that was read whole. */
  readonly fileSpanMs: number | null;
}

/** Numbers that are never negative, and what they are at most. */
const LIMITS: Readonly<Record<string, number>> = {
  width: 16_384,
  height: 16_384,
  framerate: 1000,
  videodatarate: 10_000_000,
  audiodatarate: 100_000,
  audiosamplerate: 768_000,
  duration: 1e9,
};

/** Judges script tags (FLV 10.1, E.4.4 and E.5), and holds onMetaData against the stream itself. */
export class MetadataJudge extends Judge {
  #properties: ReadonlyMap<string, Amf0Value> | null = null;
  #place: Place | null = null;
  #isJudged = false;
  #hasMedia = false;

  get properties(): ReadonlyMap<string, Amf0Value> | null {
    return this.#properties;
  }

  /** Pictures or sound have come: what comes now is late. */
  noteMedia(): void {
    this.#hasMedia = true;
  }

  read(tag: TagUnit): void {
    const place = placeOf(tag);
    const values = this.faults.readable("metadata-malformed", place, () => decodeAmf0(tag.body));
    if (values === null) {
      this.#isJudged = true; // there is one, if a broken one
      return;
    }
    const [name, ...rest] = values;
    if (name === "@setDataFrame") {
      this.report("metadata-set-data-frame", `${rest.length} values after it`, place);
      this.#readProperties(rest[1], place);
    } else if (name === "onMetaData") {
      if (tag.timestampMs !== 0 && !this.#hasMedia)
        this.report("metadata-timestamp", `${tag.timestampMs} ms`, place);
      this.#readProperties(rest[0], place);
    }
  }

  #readProperties(value: Amf0Value | undefined, place: Place): void {
    const properties = propertiesOf(value);
    this.#isJudged = true;
    if (properties === null) {
      this.report("metadata-not-object", typeof value, place);
      return;
    }
    if (this.#hasMedia && this.#properties === null) this.report("metadata-late", "frames come first", place);
    this.#properties = new Map(properties);
    this.#place = place;
    this.#judgeNumbers(this.#properties, place);
  }

  #judgeNumbers(properties: ReadonlyMap<string, Amf0Value>, place: Place): void {
    for (const [name, max] of Object.entries(LIMITS)) {
      const value = properties.get(name);
      if (typeof value !== "number" || (value >= 0 && value <= max)) continue;
      this.report("metadata-number-invalid", `${name} is ${value}`, place);
    }
  }

  end(facts: MediaFacts): void {
    if (!this.#hasMedia) return;
    if (!this.#isJudged) this.report("metadata-missing", "no script tag onMetaData");
    if (this.#properties === null) return;
    this.#judgeSize(facts);
    this.#judgeCodecs(facts);
    this.#judgeAudio(facts);
    this.#judgeFrameRate(facts);
    this.#judgeDuration(facts);
  }

  /** Some say the size before cropping: less than a macroblock more. */
  #judgeSize({ width, height }: MediaFacts): void {
    const said = { width: this.#number("width"), height: this.#number("height") };
    if (width === null || height === null || !said.width || !said.height) return;
    if (isNear(said.width, width) && isNear(said.height, height)) return;
    this.#differs("metadata-size-wrong", `${said.width}x${said.height}, but the SPS has ${width}x${height}`);
  }

  /** A codec may be named by its number of FLV, or by its FourCC, whatever its tags have; texts are let be. */
  #judgeCodecs({ videoCodecId, audioCodecId }: MediaFacts): void {
    const video = this.#number("videocodecid");
    const audio = this.#number("audiocodecid");
    if (isOther(video, videoCodecId, VIDEO_IDS))
      this.#differs("metadata-video-codec-wrong", `${shown(video)}, but the tags have ${videoCodecId}`);
    if (isOther(audio, audioCodecId, AUDIO_IDS))
      this.#differs("metadata-audio-codec-wrong", `${shown(audio)}, but the tags have ${audioCodecId}`);
  }

  /** With SBR the rate that is heard is twice the frames' own, and with PS two channels come of one. */
  #judgeAudio({ sampleRateHz, channels, extension }: MediaFacts): void {
    const said = this.#number("audiosamplerate");
    if (sampleRateHz !== null && said && said !== sampleRateHz && said !== 2 * sampleRateHz)
      this.#differs("metadata-sample-rate-wrong", `${said} Hz, but the audio has ${sampleRateHz} Hz`);
    const stereo = this.#properties?.get("stereo");
    if (typeof stereo !== "boolean" || channels === null || channels > 2 || extension === 29) return;
    if (stereo !== (channels === 2))
      this.#differs("metadata-stereo-wrong", `${stereo}, but the audio has ${channels} channels`);
  }

  #judgeFrameRate({ fps }: MediaFacts): void {
    const said = this.#number("framerate");
    if (!said || fps === null || Math.abs(said / fps - 1) <= 0.2) return;
    this.#differs("metadata-frame-rate-wrong", `${said}, but frames arrive at ${fps.toFixed(1)}`);
  }

  #judgeDuration({ isLive, lastMs, fileSpanMs }: MediaFacts): void {
    const saidMs = 1000 * (this.#number("duration") ?? 0);
    if (!(saidMs > 0)) return;
    if (isLive && lastMs > saidMs + 1000)
      this.#differs("metadata-duration-passed", `${saidMs / 1000} s, but it is at ${lastMs / 1000} s`);
    else if (isLive) this.#differs("metadata-duration-on-live", `${saidMs / 1000} s`);
    else if (fileSpanMs !== null && Math.abs(saidMs - fileSpanMs) > Math.max(1000, fileSpanMs / 10))
      this.#differs("metadata-duration-wrong", `${saidMs / 1000} s, but the file has ${fileSpanMs / 1000} s`);
  }

  #number(name: string): number | null {
    const value = this.#properties?.get(name);
    return typeof value === "number" && Number.isFinite(value) ? value : null;
  }

  #differs(id: FaultId, detail: string): void {
    this.report(id, detail, this.#place);
  }
}

/** Not smaller, and less than a macroblock larger. */
function isNear(said: number, is: number): boolean {
  return said >= is && said - is < 16;
}

/** The FourCC of what CodecID and SoundFormat number (Enhanced RTMP v2, "Enhancing onMetaData"). */
const VIDEO_IDS: Readonly<Record<number, string>> = { 7: "avc1", 12: "hvc1", 13: "av01" };
const AUDIO_IDS: Readonly<Record<number, string>> = { 2: ".mp3", 10: "mp4a" };
/** Numbers from here on are a FourCC. */
const FIRST_FOURCC = 0x20_20_20_20;

function isOther(
  said: number | null,
  is: number | string | null,
  fourCcs: Readonly<Record<number, string>>,
): boolean {
  if (said === null || is === null) return false;
  return named(said, fourCcs) !== (typeof is === "string" ? is : named(is, fourCcs));
}

function named(id: number, fourCcs: Readonly<Record<number, string>>): string {
  return fourCcs[id] ?? shown(id);
}

function shown(id: number | null): string {
  if (id === null || !(id >= FIRST_FOURCC && id <= 0xff_ff_ff_ff)) return `${id}`;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Math.trunc(id));
  return bytes.toString("latin1").replace(/[^ -~]/g, "?");
}

function propertiesOf(value: Amf0Value | undefined): readonly Amf0Property[] | null {
  if (typeof value !== "object" || value === null || !("kind" in value)) return null;
  return value.kind === "date" ? null : value.properties;
}
