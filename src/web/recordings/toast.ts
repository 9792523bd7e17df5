import { Notice } from "../notice.ts";
import type { Words } from "../words.ts";

const SHOWN_MS = 5000;

/** Words at the edge of the video that go by themselves. */
export class Toast {
  readonly #notice = new Notice();
  #timer: ReturnType<typeof setTimeout> | undefined;

  get element(): HTMLElement {
    return this.#notice.element;
  }

  show(words: Words): void {
    clearTimeout(this.#timer);
    this.#notice.show(words);
    this.#timer = setTimeout(() => this.#notice.show(null), SHOWN_MS);
  }
}
