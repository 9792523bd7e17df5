import { encodesUnknownSound } from "../ffmpeg/audio-plan.ts";
import type { ProcessPlan } from "../ffmpeg/plan.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import { audioCodecs, videoCodecs } from "../media/codecs.ts";
import type { AudioCodec, Packet, VideoCodec, VideoConfig } from "../media/packet.ts";
import type { DroppedUnits } from "../media/unit-drops.ts";

const EVERY_MS = 60_000;

/** What can be done about a codec that not all players play. */
const REMEDIES: Remedies = {
  video: (codec) => (codec === "h264" ? "remove --copy to re-encode it" : "use --video-codec h264"),
  audio: (codec) => (codec === "aac" ? "remove --copy to re-encode it" : "use --audio-codec aac"),
};
/** Where flvcast encodes nothing. */
const SENDERS_REMEDIES: Remedies = {
  video: () => "set the sender to H.264",
  audio: () => "set the sender's audio to AAC",
};

interface Remedies {
  readonly video: (codec: VideoCodec) => string;
  readonly audio: (codec: AudioCodec) => string;
}

interface Drops {
  /** Since they were told of. */
  damaged: number;
  lastDamage: string;
  /** By the caller's clock; null before the first line. */
  toldMs: number | null;
  /** The first that decoders ignore. */
  ignored: string | null;
}

/** What is said of the bytes that inputs send: of damage the first at once, further ones once a minute; of all else once. */
export class MediaNews {
  readonly #inputs = new Map<string, Drops>();
  /** Cameras that send units for others to ignore send them all the time: a line is enough. */
  readonly #toldOfIgnored = new Set<string>();
  /** Once browsers would refuse the sound: the line, and then that it was said. */
  #layout: LogEvent | "usual" | "told" = "usual";
  /** What is yet to be said of formats. */
  readonly #formats: LogEvent[] = [];
  /** Another publisher may send another one. */
  #seenCodec: VideoConfig["codec"] | null = null;
  #remedies: Remedies;
  #lastDamage: string | null = null;

  /** @param isRaw the video comes on stdin, which is never encoded */
  constructor({ isRaw = false } = {}) {
    this.#remedies = isRaw ? { ...REMEDIES, video: SENDERS_REMEDIES.video } : REMEDIES;
  }

  /** What was wrong with what was dropped last; null where nothing was. */
  get lastDamage(): string | null {
    return this.#lastDamage;
  }

  /** How an input is captured, with what its container says of it. */
  see(plan: Pick<ProcessPlan, "video" | "audio" | "source">): void {
    const { video, audio, source } = plan;
    const remedies = isEncodable(source) ? REMEDIES : SENDERS_REMEDIES;
    if (video !== null) this.#remedies = { ...this.#remedies, video: remedies.video };
    if (audio !== null) this.#remedies = { ...this.#remedies, audio: remedies.audio };
    if (encodesUnknownSound(plan)) {
      const text = `${source.label} has sent no audio yet and its format is unknown, so it is encoded despite --copy`;
      this.#formats.push(notice("sound-encoded", text, { input: source.label }));
    }
    const rotation = source.video?.rotation ?? 0;
    if (video === null || video.encoder !== null || rotation === 0) return;
    const text = `${source.label} has a rotation of ${rotation}° in its metadata, which FLV cannot carry, so players show it unrotated; remove --copy to rotate it`;
    this.#formats.push(warning("video-format", text));
  }

  hear(packets: readonly Packet[]): void {
    for (const packet of packets) {
      if (packet.kind === "video-config" && packet.codec !== this.#seenCodec) this.#seeFormat(packet);
      if (packet.kind !== "audio-config" || this.#layout !== "usual") continue;
      const unusual = audioCodecs[packet.codec].unusual(packet);
      if (unusual === null) continue;
      this.#layout = warning(
        "sound-layout",
        `the audio is ${unusual}; ${this.#remedies.audio(packet.codec)}`,
      );
    }
  }

  #seeFormat(config: VideoConfig): void {
    this.#seenCodec = config.codec;
    const unusual = videoCodecs[config.codec].unusual(config);
    if (unusual === null) return;
    this.#formats.push(
      warning("video-format", `the video is ${unusual}; ${this.#remedies.video(config.codec)}`),
    );
  }

  drop(input: string, { damaged, last }: DroppedUnits): void {
    const drops = this.#inputs.get(input) ?? { damaged: 0, lastDamage: last, toldMs: null, ignored: null };
    this.#inputs.set(input, drops);
    drops.damaged += damaged;
    if (damaged > 0) this.#lastDamage = drops.lastDamage = last;
    else drops.ignored ??= last;
  }

  /** What is to be said by now; `nowMs` by a clock that does not step. */
  due(nowMs: number): readonly LogEvent[] {
    if (this.#inputs.size === 0 && typeof this.#layout === "string" && this.#formats.length === 0) return [];
    const layout = typeof this.#layout === "string" ? [] : [this.#layout];
    if (layout.length > 0) this.#layout = "told";
    return [...this.#inputs]
      .flatMap(([input, drops]) => [...this.#ignored(input, drops), ...this.#damaged(input, drops, nowMs)])
      .concat(layout, this.#formats.splice(0));
  }

  #ignored(input: string, { ignored }: Drops): readonly LogEvent[] {
    if (ignored === null || this.#toldOfIgnored.has(input)) return [];
    this.#toldOfIgnored.add(input);
    const text = `${input} sends data that decoders ignore; dropping it (first: ${ignored})`;
    return [notice("units-dropped", text, { input, why: "ignored" })];
  }

  #damaged(input: string, drops: Drops, nowMs: number): readonly LogEvent[] {
    const { damaged, lastDamage, toldMs } = drops;
    if (damaged === 0 || (toldMs !== null && nowMs - toldMs < EVERY_MS)) return [];
    drops.damaged = 0;
    drops.toldMs = nowMs;
    const text = `${input} sent damaged data; dropped ${damaged} unit${damaged === 1 ? "" : "s"} (last: ${lastDamage})`;
    return [warning("units-dropped", text, { input, why: "damaged", units: damaged })];
  }
}

/** ffmpeg reads everything but publishers and WebSockets. */
function isEncodable({ isPublished, url }: ProcessPlan["source"]): boolean {
  return isPublished === undefined && !/^wss?:/.test(url);
}
