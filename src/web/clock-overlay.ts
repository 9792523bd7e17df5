import { make } from "./elements.ts";

/** The server's time, drawn by the page: of the picture where the stream tells it, else of now. */
export class ClockOverlay {
  readonly element = make("time", { class: "clock", attributes: { "aria-hidden": "true" } });
  readonly #nowMs: () => number;
  #animation = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.element.hidden = true;
  }

  get isShown(): boolean {
    return !this.element.hidden;
  }

  set isShown(isShown: boolean) {
    cancelAnimationFrame(this.#animation);
    this.element.hidden = !isShown;
    if (isShown) this.#draw();
  }

  #draw(): void {
    this.#animation = requestAnimationFrame(() => this.#draw());
    const now = new Date(this.#nowMs());
    const [date = "", time = ""] = localIso(now).split("T");
    const text = `${date} ${time}`;
    if (text !== this.element.textContent) this.element.textContent = text;
  }
}

/** Local time as ISO 8601, to a tenth of a second: what it reads like does not hang on the viewer's language. */
function localIso(now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 21);
}
