import { type Amf0Value, decodeAmf0 } from "../../src/media/flv/amf0.ts";
import { type AudioBody, parseAudioBody } from "../../src/media/flv/audio-body.ts";
import type { FlvEvent, FlvTagEvent } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { parseVideoBody, type VideoBody } from "../../src/media/flv/video-body.ts";
import type { Tracks } from "../../src/media/packet.ts";

type Timed<Body> = Body & { readonly timestampMs: number };
export type VideoTag = Timed<Extract<VideoBody, { kind: "video-frame" }>>;

/** What a viewer received, read by our own demuxer. */
export class Recording {
  readonly #events: readonly FlvEvent[];

  constructor(events: readonly FlvEvent[]) {
    this.#events = events;
  }

  /** What TypeFlags say; null before the header came. */
  get tracks(): Tracks | null {
    const [header] = this.#events;
    return header?.kind === "header" ? header.tracks : null;
  }

  /** Type and order of all tags. */
  get tags(): readonly FlvTagEvent[] {
    return this.#events.flatMap((event) => (event.kind === "tag" ? [event] : []));
  }

  /** onMetaData's properties, of the first that came. */
  get metadata(): Readonly<Record<string, Amf0Value>> {
    const script = this.tags.find(({ type }) => type === TagType.script);
    const [name, value] = script === undefined ? [] : decodeAmf0(script.body);
    if (name !== "onMetaData" || typeof value !== "object" || value === null || !("properties" in value))
      throw new Error(`expected onMetaData, got ${JSON.stringify(name)}`);
    return Object.fromEntries(value.properties);
  }

  get video(): readonly Timed<VideoBody>[] {
    return this.#of(TagType.video).map(({ body, timestampMs }) => ({ ...parseVideoBody(body), timestampMs }));
  }

  get audio(): readonly Timed<AudioBody>[] {
    return this.#of(TagType.audio).map(({ body, timestampMs }) => ({ ...parseAudioBody(body), timestampMs }));
  }

  get pictures(): readonly VideoTag[] {
    return this.video.flatMap((tag) => (tag.kind === "video-frame" ? [tag] : []));
  }

  get keyPictures(): readonly VideoTag[] {
    return this.pictures.filter(({ isKey }) => isKey);
  }

  get sounds(): readonly Timed<{ readonly data: Uint8Array }>[] {
    return this.audio.flatMap((tag) => (tag.kind === "audio-frame" ? [tag] : []));
  }

  /** From the first to the last frame, in the stream's own time. */
  get spanMs(): number {
    const times = this.tags.filter(({ type }) => type !== TagType.script).map((tag) => tag.timestampMs);
    return Math.max(0, (times.at(-1) ?? 0) - (times[0] ?? 0));
  }

  #of(type: TagType): readonly FlvTagEvent[] {
    return this.tags.filter((tag) => tag.type === type);
  }
}

/** What lies between neighbours. */
export function steps(tags: readonly { readonly timestampMs: number }[]): readonly number[] {
  return tags.slice(1).map(({ timestampMs }, index) => timestampMs - (tags[index]?.timestampMs ?? 0));
}
