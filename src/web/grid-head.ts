import type { StreamInfo } from "../server/api/schemas.ts";
import { make } from "./elements.ts";
import { type Standing, standingOf } from "./filter.ts";

/** So few are seen at a glance. */
const MOST_WITHOUT_FILTER = 4;

/** How many streams there are, and a field to show some of them. */
export class GridHead {
  readonly element: HTMLElement;
  readonly #count = make("p", { class: "grid-count", attributes: { role: "status" } });
  readonly #input = make("input", {
    attributes: {
      ...{ type: "search", "aria-label": "Filter streams", placeholder: "Name or state" },
      ...{ autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-keyshortcuts": "/" },
    },
  });
  readonly #field: HTMLElement;
  readonly #waiting: HTMLButtonElement;
  readonly #problem: HTMLButtonElement;
  readonly #onFilter: () => void;

  constructor(filter: string, onFilter: () => void, signal: AbortSignal) {
    this.#onFilter = onFilter;
    this.#input.value = filter;
    this.#input.addEventListener("input", onFilter);
    this.#waiting = this.#shortcut("waiting");
    this.#problem = this.#shortcut("problem");
    const key = make("kbd", { class: "for-keyboards", text: "/", attributes: { "aria-hidden": "true" } });
    this.#field = make("search", { class: "grid-filter" }, this.#input, key);
    this.show([], 0);
    const shortcuts = make("div", { class: "grid-shortcuts" }, this.#waiting, this.#problem);
    const title = make("h1", { text: "flvcast" });
    this.element = make("header", { class: "grid-head" }, title, this.#count, shortcuts, this.#field);
    document.addEventListener("keydown", (event) => this.#press(event), { signal });
  }

  get filter(): string {
    return this.#input.value.trim();
  }

  set filter(filter: string) {
    this.#input.value = filter;
    this.#onFilter();
  }

  show(streams: readonly StreamInfo[], shown: number): void {
    const total = streams.length;
    const isMany = total > MOST_WITHOUT_FILTER;
    this.#field.hidden = !isMany && this.filter === "";
    const noun = total === 1 ? "stream" : "streams";
    const count = this.filter === "" ? `${total} ${noun}` : `${shown} of ${total} ${noun}`;
    this.#count.hidden = total === 0;
    if (this.#count.textContent !== count) this.#count.textContent = count;
    const having = (standing: Standing) =>
      isMany ? streams.filter((stream) => standingOf(stream) === standing).length : 0;
    this.#offer(this.#waiting, having("waiting"), "waiting");
    this.#offer(this.#problem, having("problem"), having("problem") === 1 ? "problem" : "problems");
  }

  #shortcut(standing: Standing): HTMLButtonElement {
    const button = make("button", { class: `grid-shortcut ${standing}`, attributes: { type: "button" } });
    button.addEventListener("click", () => (this.filter = this.filter === standing ? "" : standing));
    return button;
  }

  #offer(button: HTMLButtonElement, count: number, noun: string): void {
    const isOn = this.filter === (button === this.#waiting ? "waiting" : "problem");
    button.hidden = count === 0 && !isOn;
    button.setAttribute("aria-pressed", `${isOn}`);
    if (button.textContent !== `${count} ${noun}`) button.textContent = `${count} ${noun}`;
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.#field.hidden) return;
    if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      this.#input.focus();
      this.#input.select();
    } else if (event.key === "Escape") {
      this.#input.blur();
      if (this.filter !== "") this.filter = "";
    }
  }
}
