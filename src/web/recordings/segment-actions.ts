import { saveUrl } from "../download.ts";
import { edge } from "../words.ts";
import type { Download } from "./downloads.ts";
import { refusalWords } from "./recording-words.ts";
import type { RecordingsApi } from "./recordings-api.ts";
import type { RecordedSegment } from "./segments.ts";
import { fileTime } from "./times.ts";
import type { Toast } from "./toast.ts";

export interface ActionOptions {
  readonly api: RecordingsApi;
  readonly name: string;
  readonly toast: Toast;
  readonly onChange: () => void;
  /** A segment is kept, or no longer. */
  readonly onKept: () => void;
}

/** What is done with what is recorded, and what came of it. */
export class SegmentActions {
  readonly #options: ActionOptions;
  #isPreparing = false;

  constructor(options: ActionOptions) {
    this.#options = options;
  }

  /** A file is being made: one at a time. */
  get isPreparing(): boolean {
    return this.#isPreparing;
  }

  async keep(segment: RecordedSegment, isKept: boolean): Promise<void> {
    const { api, toast, onKept } = this.#options;
    const answer = await api.keep(segment, isKept);
    if (answer.kind !== "done") return toast.show(refusalWords("This segment was not changed", answer));
    const detail = isKept ? "It will not be deleted." : "It will be deleted when its time comes.";
    toast.show(edge(isKept ? "Segment kept" : "Segment no longer kept", detail));
    onKept();
  }

  /** Asks first whether it can be had: for a clip, that is when the file is made. */
  async download(download: Download): Promise<void> {
    if (this.#isPreparing) return;
    const { api, toast } = this.#options;
    const { url, fileName } = this.#fileOf(download);
    toast.show(edge("Preparing the download…"));
    this.#setPreparing(true);
    const answer = await api.prepare(url);
    this.#setPreparing(false);
    if (answer.kind === "done") {
      saveUrl(url, fileName);
      toast.show(edge("Download started", fileName));
    } else toast.show(refusalWords("The download failed", answer));
  }

  #setPreparing(isPreparing: boolean): void {
    this.#isPreparing = isPreparing;
    this.#options.onChange();
  }

  /** Of what is being written, no MP4 file is made but of a span. */
  #fileOf(download: Download): { readonly url: URL; readonly fileName: string } {
    const { api, name } = this.#options;
    const { type } = download;
    if (download.kind === "clip") {
      const { clip } = download;
      return { url: api.clipUrl(clip, type), fileName: `${name} ${fileTime(clip.startMs)}.${type}` };
    }
    const { segment } = download;
    const { startMs, durationMs, state } = segment;
    const fileName = `${name} ${fileTime(startMs)}.${type}`;
    const isSpan = state === "recording" && type === "mp4";
    const span = { startMs, endMs: startMs + durationMs };
    return { url: isSpan ? api.clipUrl(span, type) : api.segmentUrl(segment, type), fileName };
  }
}
