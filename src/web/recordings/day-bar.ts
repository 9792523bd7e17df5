import { make } from "../elements.ts";
import { drawBar } from "./bar-drawing.ts";
import { listenToGestures } from "./bar-gestures.ts";
import { clipOf, type MarkName, type Marks } from "./clip.ts";
import { ClipHandle, setMoment } from "./clip-handle.ts";
import type { Day } from "./days.ts";
import { placeAt, type RecordedSegment, runsOf, type Span } from "./segments.ts";
import { lengthOf, momentAt, panned, shareOf, showing, ticksOf, zoomed } from "./time-window.ts";
import { minuteText, timeText } from "./times.ts";

export interface BarState {
  readonly day: Day;
  readonly segments: readonly RecordedSegment[];
  readonly isGrowing: boolean;
  readonly nowMs: number;
  /** What is played; null before anything is. */
  readonly atMs: number | null;
  readonly marks: Marks;
}

export interface BarOptions {
  readonly onSeek: (ms: number) => void;
  readonly onMark: (name: MarkName, ms: number) => void;
}

const ZOOM_STEP = 2;

/** A day, or a part of it: what is recorded, where playback is, and the ends of a clip. */
export class DayBar {
  readonly element: HTMLElement;
  readonly #canvas = make("canvas", { attributes: { "aria-hidden": "true" } });
  readonly #playhead = make("div", {
    class: "playhead",
    attributes: { role: "slider", tabindex: "0", "aria-label": "Position in the day" },
  });
  readonly #pointed = make("div", { class: "pointed", attributes: { "aria-hidden": "true" } });
  readonly #pointedTime = make("span", { class: "pointed-time" });
  readonly #handles: Readonly<Record<MarkName, ClipHandle>>;
  readonly #onSeek: (ms: number) => void;
  #state: BarState | null = null;
  #window: Span = { startMs: 0, endMs: 1 };
  #dragMs: number | null = null;
  #hoverMs: number | null = null;
  #isDue = false;
  /** The last ones, and what they make: they change every few seconds, and are drawn more often. */
  #merged: {
    readonly of: readonly RecordedSegment[];
    readonly runs: readonly Span[];
    readonly kept: readonly Span[];
  } = { of: [], runs: [], kept: [] };

  constructor({ onSeek, onMark }: BarOptions) {
    this.#onSeek = onSeek;
    this.#handles = {
      in: new ClipHandle("in", (ms) => onMark("in", ms)),
      out: new ClipHandle("out", (ms) => onMark("out", ms)),
    };
    this.#pointed.append(this.#pointedTime);
    const handles = Object.values(this.#handles).map(({ element }) => element);
    this.element = make("div", { class: "day-bar" }, this.#canvas, this.#pointed, this.#playhead, ...handles);
    this.#listen();
    new ResizeObserver(() => this.#drawSoon()).observe(this.element);
  }

  get isWhole(): boolean {
    const { day } = this.#state ?? {};
    return day === undefined || (this.#window.startMs === day.startMs && this.#window.endMs === day.endMs);
  }

  show(state: BarState): void {
    const before = this.#state;
    this.#state = state;
    const { day, atMs } = state;
    if (before?.day.key !== day.key) this.#window = { startMs: day.startMs, endMs: day.endMs };
    // Where it plays out of sight the bar goes along, but not where somebody looks elsewhere.
    const wasSeen = before?.atMs != null && isIn(this.#window, before.atMs);
    if (atMs !== null && wasSeen && isIn(day, atMs)) this.#window = showing(this.#window, day, atMs);
    this.#drawSoon();
  }

  /** Around what is played, where it is in sight. */
  zoom(direction: 1 | -1): void {
    const atMs = this.#state?.atMs ?? null;
    const share = atMs !== null && isIn(this.#window, atMs) ? shareOf(this.#window, atMs) : 0.5;
    this.#zoomBy(direction === 1 ? 1 / ZOOM_STEP : ZOOM_STEP, share);
  }

  #zoomBy(factor: number, share: number, toShare = share): void {
    if (this.#state === null) return;
    this.#window = zoomed(this.#window, this.#state.day, factor, share, toShare);
    this.#drawSoon();
  }

  #listen(): void {
    const held = (share: number) => momentAt(this.#window, Math.min(1, Math.max(0, share)));
    listenToGestures(this.element, {
      hover: (share) => this.#point(share === null ? null : held(share)),
      drag: (share) => this.#drag(held(share)),
      drop: (share) => {
        this.#drag(null);
        this.#onSeek(held(share));
      },
      cancel: () => this.#drag(null),
      zoom: (factor, share, toShare) => this.#zoomBy(factor, share, toShare),
      pan: (share) => {
        if (this.#state === null) return;
        const byMs = share * lengthOf(this.#window);
        this.#window = panned(this.#window, this.#state.day, byMs);
        this.#drawSoon();
      },
    });
  }

  #point(ms: number | null): void {
    this.#hoverMs = ms;
    this.#drawSoon();
  }

  #drag(ms: number | null): void {
    this.#dragMs = ms;
    this.#hoverMs = null;
    this.#drawSoon();
  }

  #drawSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      if (this.#state !== null) this.#draw(this.#state);
    });
  }

  #draw(state: BarState): void {
    const { day, segments, atMs, marks } = state;
    this.#drawCanvas(state);
    for (const [name, ms] of [["in", marks.inMs] as const, ["out", marks.outMs] as const])
      this.#handles[name].show(ms, this.#window, day);
    const shownMs = this.#dragMs ?? atMs;
    this.#playhead.hidden = shownMs === null || !isIn(day, shownMs);
    this.#playhead.dataset["out"] = `${shownMs === null || !isIn(this.#window, shownMs)}`;
    if (shownMs !== null) this.#showPlayhead(shownMs, day);
    const pointedMs = this.#dragMs ?? this.#hoverMs;
    this.#pointed.hidden = pointedMs === null;
    if (pointedMs !== null) this.#showPointed(pointedMs, segments);
  }

  #drawCanvas({ day, segments, isGrowing, nowMs, marks }: BarState): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    const context = this.#canvas.getContext("2d");
    if (context === null || width === 0) return;
    const ratio = globalThis.devicePixelRatio;
    const [pixelsWide, pixelsHigh] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== pixelsWide) this.#canvas.width = pixelsWide;
    if (this.#canvas.height !== pixelsHigh) this.#canvas.height = pixelsHigh;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const fontPx = Number.parseFloat(getComputedStyle(this.element).fontSize);
    const ticks = ticksOf(this.#window, day, Math.max(2, Math.floor(width / (fontPx * 4.5))));
    const { runs, kept: keptRuns } = this.#runs(segments);
    const content = { window: this.#window, runs, keptRuns, segments, ticks, label: minuteText };
    const now = isIn(day, nowMs) ? nowMs : null;
    drawBar(
      context,
      { width, height, fontPx },
      { ...content, clip: clipOf(marks), nowMs: now, isGrowing: isGrowing && now !== null },
    );
  }

  #runs(segments: readonly RecordedSegment[]) {
    if (this.#merged.of !== segments) {
      const kept = runsOf(segments.filter(({ isKept }) => isKept));
      this.#merged = { of: segments, runs: runsOf(segments), kept };
    }
    return this.#merged;
  }

  #showPlayhead(ms: number, day: Day): void {
    const share = Math.min(1, Math.max(0, shareOf(this.#window, ms)));
    this.#playhead.style.setProperty("--at", `${share * 100}%`);
    setMoment(this.#playhead, ms, day);
  }

  #showPointed(ms: number, segments: readonly RecordedSegment[]): void {
    const place = placeAt(segments, ms);
    const isRecorded = place !== null && place.skippedMs === 0;
    this.#pointed.style.setProperty("--at", `${shareOf(this.#window, ms) * 100}%`);
    this.#pointed.dataset["gap"] = `${!isRecorded}`;
    this.#pointedTime.textContent = isRecorded ? timeText(ms) : `${timeText(ms)} · not recorded`;
  }
}

const isIn = ({ startMs, endMs }: Span, ms: number): boolean => ms >= startMs && ms < endMs;
