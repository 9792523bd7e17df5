import { make } from "../elements.ts";
import type { MarkName } from "./clip.ts";
import type { Span } from "./segments.ts";
import { lengthOf, momentAt, shareOf } from "./time-window.ts";
import { timeText } from "./times.ts";

const STEP_MS = 1000;
const LONG_STEP_MS = 10_000;

/** One end of the clip, on the bar: dragged, or moved with the arrow keys. */
export class ClipHandle {
  readonly element: HTMLElement;
  #window: Span = { startMs: 0, endMs: 1 };
  #ms = 0;

  constructor(name: MarkName, onMove: (ms: number) => void) {
    const label = name === "in" ? "Start of clip" : "End of clip";
    this.element = make("div", {
      class: `clip-handle ${name}`,
      attributes: { role: "slider", tabindex: "0", "aria-label": label },
    });
    this.element.hidden = true;
    this.element.addEventListener("keydown", (event) => this.#press(event, onMove));
    this.#listenToDrags(onMove);
  }

  /** @param day for those who hear where it is in it */
  show(ms: number | null, window: Span, day: Span): void {
    const isShown = ms !== null && ms >= window.startMs && ms <= window.endMs;
    this.element.hidden = !isShown;
    if (!isShown) return;
    this.#ms = ms;
    this.#window = window;
    this.element.style.setProperty("--at", `${shareOf(window, ms) * 100}%`);
    setMoment(this.element, ms, day);
  }

  #press(event: KeyboardEvent, onMove: (ms: number) => void): void {
    const direction = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    event.stopPropagation(); // else the player seeks
    onMove(this.#ms + direction * (event.shiftKey ? LONG_STEP_MS : STEP_MS));
  }

  #listenToDrags(onMove: (ms: number) => void): void {
    const { element } = this;
    element.addEventListener("pointerdown", (event) => {
      event.stopPropagation(); // else the bar seeks
      element.setPointerCapture(event.pointerId);
    });
    element.addEventListener("pointermove", (event) => {
      event.stopPropagation();
      const bar = element.parentElement?.getBoundingClientRect();
      if (bar === undefined || !element.hasPointerCapture(event.pointerId)) return;
      const share = (event.clientX - bar.left) / bar.width;
      onMove(momentAt(this.#window, Math.min(1, Math.max(0, share))));
    });
  }
}

/** For those who hear where a slider is in the day: in seconds, and as a time. */
export function setMoment(slider: HTMLElement, ms: number, day: Span): void {
  slider.setAttribute("aria-valuemin", "0");
  slider.setAttribute("aria-valuemax", `${Math.round(lengthOf(day) / 1000)}`);
  slider.setAttribute("aria-valuenow", `${Math.round((ms - day.startMs) / 1000)}`);
  slider.setAttribute("aria-valuetext", timeText(ms));
}
