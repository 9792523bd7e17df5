import { make } from "./elements.ts";
import type { Words } from "./words.ts";

/** A quiet word is worth showing only when it lasts: a picture within this time needs none. */
const QUIET_AFTER_MS = 600;

/** The words over the picture, read out where they change. */
export class Notice {
  readonly element: HTMLElement;
  readonly #title = make("p", { class: "notice-title" });
  readonly #detail = make("p", { class: "notice-detail" });
  #shown = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `extra`: what may be done about it, below the words. */
  constructor(extra: Node | null = null) {
    const words = make("div", { class: "notice-words" }, this.#title, this.#detail, extra);
    this.element = make("div", { class: "notice", attributes: { role: "status" } }, words);
    this.element.hidden = true;
  }

  show(words: Words | null): void {
    const key = JSON.stringify(words);
    if (key === this.#shown) return;
    this.#shown = key;
    clearTimeout(this.#timer);
    if (words === null) this.element.hidden = true;
    else if (words.tone === "problem" || !this.element.hidden) this.#put(words);
    else this.#timer = setTimeout(() => this.#put(words), QUIET_AFTER_MS);
  }

  #put({ title, detail, tone, place }: Words): void {
    this.#title.textContent = title;
    this.#detail.textContent = detail;
    this.element.dataset["tone"] = tone;
    this.element.dataset["place"] = place;
    this.element.hidden = false;
  }
}
