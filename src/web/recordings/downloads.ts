import { make } from "../elements.ts";
import { icon } from "../icons.ts";
import { clipOf, hasGaps, MAX_MP4_MS, type Marks, recordedMs } from "./clip.ts";
import { drawings } from "./drawings.ts";
import type { FileType } from "./recordings-api.ts";
import { endOf, type RecordedSegment, type Span } from "./segments.ts";
import { lengthText, sizeText, timeText } from "./times.ts";

export interface DownloadState {
  readonly segment: RecordedSegment | null;
  readonly marks: Marks;
  readonly runs: readonly Span[];
  readonly isBusy: boolean;
}

export type Download =
  | { readonly kind: "segment"; readonly segment: RecordedSegment; readonly type: FileType }
  | { readonly kind: "clip"; readonly clip: Span; readonly type: FileType };

/** A line that says what, and a button for each type. */
class DownloadRow {
  readonly element: HTMLElement;
  readonly #title = make("b");
  readonly #detail = make("span");
  readonly #buttons: Readonly<Record<FileType, HTMLButtonElement>>;

  /** @param extra beside the buttons */
  constructor(onPress: (type: FileType) => void, extra: HTMLElement | null = null) {
    const button = (type: FileType) => {
      const attributes = { type: "button" };
      const look = type === "mp4" ? "button" : "button secondary";
      const text = make("span", { text: type.toUpperCase() });
      const made = make("button", { class: look, attributes }, icon(drawings.download), text);
      made.addEventListener("click", () => onPress(type));
      return made;
    };
    this.#buttons = { mp4: button("mp4"), flv: button("flv") };
    const words = make("p", { class: "download-words" }, this.#title, this.#detail);
    const buttons = make("div", { class: "download-types" }, this.#buttons.mp4, this.#buttons.flv, extra);
    this.element = make("div", { class: "download-row" }, words, buttons);
  }

  show(title: string, detail: string, may: Readonly<Record<FileType, boolean>>): void {
    this.#title.textContent = title;
    this.#detail.textContent = detail;
    for (const type of ["mp4", "flv"] as const) {
      this.#buttons[type].disabled = !may[type];
      this.#buttons[type].setAttribute("aria-label", `Download ${type.toUpperCase()}: ${title}`);
    }
  }
}

/** The clip that is marked, above the day; not there where nothing is marked. */
export class ClipStrip {
  readonly element: HTMLElement;
  readonly #row: DownloadRow;
  #clip: Span | null = null;

  constructor(onDownload: (download: Download) => void, onClear: () => void) {
    const clear = make("button", { class: "text-button", text: "Clear", attributes: { type: "button" } });
    clear.addEventListener("click", onClear);
    this.#row = new DownloadRow((type) => {
      if (this.#clip !== null) onDownload({ kind: "clip", clip: this.#clip, type });
    }, clear);
    const attributes = { role: "group", "aria-label": "Clip" };
    this.element = make("div", { class: "clip-strip", attributes }, this.#row.element);
    this.element.hidden = true;
  }

  show({ marks, runs, isBusy }: DownloadState): void {
    this.#clip = clipOf(marks);
    this.element.hidden = marks.inMs === null && marks.outMs === null;
    const may = mayDownload(this.#clip, runs);
    this.#row.show(clipTitle(marks), clipDetail(this.#clip, runs), {
      mp4: may.mp4 && !isBusy,
      flv: may.flv && !isBusy,
    });
  }
}

/** The segment that is played, in a panel. */
export class DownloadList {
  readonly element: HTMLElement;
  readonly #row: DownloadRow;
  readonly #note = make("p", { class: "links-note" });
  #segment: RecordedSegment | null = null;

  constructor(onDownload: (download: Download) => void) {
    this.#row = new DownloadRow((type) => {
      if (this.#segment !== null) onDownload({ kind: "segment", segment: this.#segment, type });
    });
    const hint = "To download only a part, mark the start (I) and the end (O) of a clip first.";
    this.element = make(
      "div",
      {},
      this.#row.element,
      this.#note,
      make("p", { class: "links-note", text: hint }),
    );
  }

  show({ segment, isBusy }: DownloadState): void {
    this.#segment = segment;
    const title = segment === null ? "No segment" : spanText(segment.startMs, endOf(segment));
    const detail = segment === null ? "" : `${lengthText(segment.durationMs)}, ${sizeText(segment.bytes)}`;
    const may = segment !== null && !isBusy;
    this.#row.show(title, detail, { mp4: may, flv: may });
    this.#note.hidden = segment?.state !== "recording";
    this.#note.textContent = "Still recording: the file ends where the recording is now.";
  }
}

function mayDownload(clip: Span | null, runs: readonly Span[]): Readonly<Record<FileType, boolean>> {
  const hasSome = clip !== null && recordedMs(runs, clip) > 0;
  return { mp4: hasSome && clip.endMs - clip.startMs <= MAX_MP4_MS, flv: hasSome };
}

function clipTitle({ inMs, outMs }: Marks): string {
  if (inMs !== null && outMs !== null) return spanText(inMs, outMs);
  return inMs === null ? `… – ${timeText(outMs ?? 0)}` : `${timeText(inMs)} – …`;
}

function clipDetail(clip: Span | null, runs: readonly Span[]): string {
  if (clip === null) return "Mark the other end";
  const length = lengthText(clip.endMs - clip.startMs);
  if (recordedMs(runs, clip) === 0) return "Nothing is recorded in it";
  if (clip.endMs - clip.startMs > MAX_MP4_MS) return `${length}; MP4 is limited to 1 h`;
  return hasGaps(runs, clip) ? `${length}, of which ${lengthText(recordedMs(runs, clip))} recorded` : length;
}

const spanText = (startMs: number, endMs: number): string => `${timeText(startMs)} – ${timeText(endMs)}`;
