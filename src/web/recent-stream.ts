import type { FlvEvent, FlvTagEvent } from "../media/flv/demuxer.ts";
import type { Sample } from "./sample.ts";

/** A key picture every few seconds is usual; what is longer or larger is not kept. */
const MAX_GROUP_BYTES = 32 * 1024 * 1024;

/**
 * What a player needs to begin in mid-stream: header, settings, and all since the last key picture. For a tab that is
 * shown again, and where one player takes over from the other: neither needs another connection.
 */
export class RecentStream {
  #header: FlvEvent | null = null;
  readonly #settings = new Map<string, FlvTagEvent>();
  #group: FlvTagEvent[] | null = null;
  #groupBytes = 0;

  begin(header: FlvEvent): void {
    this.#header = header;
    this.#settings.clear();
    this.#group = null;
  }

  add(tag: FlvTagEvent, sample: Sample | null): void {
    if (sample?.kind === "video-config" || sample?.kind === "audio-config") {
      this.#settings.set(sample.kind, tag);
      this.#group = null; // the old settings went with it
      return;
    }
    // Sound that says itself what it is has taken over from one whose settings went before it.
    const isOfItself = sample?.kind === "audio-frame" && sample.settings !== undefined;
    if (isOfItself && this.#settings.delete("audio-config")) this.#group = null;
    if (sample?.kind === "metadata") this.#settings.set(sample.kind, tag);
    if (sample?.kind === "video-frame" && sample.isKey) this.#beginGroup();
    if (sample?.kind === "video-frame" || sample?.kind === "audio-frame") this.#append(tag);
  }

  /** Header, settings, and the group as far as it has come; without a group what comes next has to be waited for. */
  events(): readonly FlvEvent[] {
    const header = this.#header === null ? [] : [this.#header];
    return [...header, ...this.#settings.values(), ...(this.#group ?? [])];
  }

  #beginGroup(): void {
    this.#group = [];
    this.#groupBytes = 0;
  }

  #append(tag: FlvTagEvent): void {
    if (this.#group === null) return;
    this.#group.push(tag);
    this.#groupBytes += tag.bytes.length;
    if (this.#groupBytes > MAX_GROUP_BYTES) this.#group = null;
  }
}
