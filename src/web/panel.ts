import { make } from "./elements.ts";
import type { Figure } from "./figures.ts";

/** The read-outs: a list of names and values that is filled while it is shown. */
export class Panel {
  readonly element: HTMLElement;
  readonly #list = make("dl", { class: "figures" });
  readonly #values = new Map<string, HTMLElement>();

  constructor(actions: readonly HTMLElement[]) {
    this.element = make(
      "section",
      { class: "panel", attributes: { "aria-label": "Read-outs" } },
      this.#list,
      make("div", { class: "panel-actions" }, ...actions),
    );
    this.element.hidden = true;
  }

  get isShown(): boolean {
    return !this.element.hidden;
  }

  set isShown(isShown: boolean) {
    this.element.hidden = !isShown;
  }

  show(figures: readonly Figure[]): void {
    for (const { name, value } of figures) {
      const cell = this.#values.get(name) ?? this.#add(name);
      if (cell.textContent !== value) cell.textContent = value;
    }
  }

  #add(name: string): HTMLElement {
    const cell = make("dd");
    this.#list.append(make("div", {}, make("dt", { text: name }), cell));
    this.#values.set(name, cell);
    return cell;
  }
}
