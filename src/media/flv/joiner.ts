import { Buffer } from "node:buffer";
import type { TrackName } from "../packet.ts";
import type { FlvTagEvent } from "./demuxer.ts";
import { TagType } from "./layout.ts";
import { readMessageBody } from "./message-body.ts";

/** Where a track is in the joined time. */
interface Place {
  readonly lastMs: number;
  /** From the frame before the last. */
  readonly stepMs: number;
}

/**
 * Joins the tags of several FLV files, in order: the time of each goes on where that of the one before it ended, a frame
 * later, and settings that have not changed are not repeated. Whatever lay between two files, there is no gap in the result.
 */
export class FlvJoiner {
  readonly #places = new Map<TrackName, Place>();
  readonly #records = new Map<TrackName, Uint8Array>();
  #file: { readonly fromMs: number; readonly offsetMs: number } = { fromMs: 0, offsetMs: 0 };

  /** The tags of another file follow, from this time of its own on: what is earlier is left out. */
  beginFile(fromMs: number): void {
    this.#file = { fromMs, offsetMs: this.#nextMs - fromMs };
  }

  /** The tag at its place; null for one that is left out: scripts, settings that are known, what is too early. */
  push(tag: FlvTagEvent): Uint8Array | null {
    const body = readMessageBody(tag);
    switch (body.kind) {
      case "video-config":
      case "audio-config":
        return this.#config(body.kind === "video-config" ? "video" : "audio", body.record, tag);
      case "metadata":
      case "nothing":
        return null;
      case "video-frame":
      case "audio-frame":
      case "unsupported":
        return this.#frame(tag);
    }
  }

  /** Settings may stand before their file's first time. */
  #config(track: TrackName, record: Uint8Array, tag: FlvTagEvent): Uint8Array | null {
    const known = this.#records.get(track);
    if (known !== undefined && Buffer.compare(known, record) === 0) return null;
    this.#records.set(track, new Uint8Array(record));
    return restamped(tag.bytes, this.#file.offsetMs + Math.max(tag.timestampMs, this.#file.fromMs));
  }

  #frame(tag: FlvTagEvent): Uint8Array | null {
    const { fromMs, offsetMs } = this.#file;
    if (tag.timestampMs < fromMs) return null;
    const track = tag.type === TagType.video ? "video" : "audio";
    const before = this.#places.get(track);
    const lastMs = Math.max(tag.timestampMs + offsetMs, before?.lastMs ?? 0);
    this.#places.set(track, { lastMs, stepMs: before === undefined ? 0 : lastMs - before.lastMs });
    return restamped(tag.bytes, lastMs);
  }

  /** When the next file begins. Video decides, as sound before its last frame's end may be in the next file. */
  get #nextMs(): number {
    const [video, audio] = [this.#places.get("video"), this.#places.get("audio")];
    const main = video ?? audio;
    return main === undefined ? 0 : Math.max(main.lastMs + main.stepMs, audio?.lastMs ?? 0);
  }
}

function restamped(tag: Uint8Array, timestampMs: number): Uint8Array {
  const bytes = new Uint8Array(tag);
  bytes[4] = timestampMs >>> 16;
  bytes[5] = timestampMs >>> 8;
  bytes[6] = timestampMs;
  bytes[7] = timestampMs >>> 24; // TimestampExtended: the high byte comes last
  return bytes;
}
