import { IconButton } from "./button.ts";
import { make } from "./elements.ts";

export class Panel {
  readonly element: HTMLElement;

  constructor(title: string, onClose: () => void, ...content: readonly HTMLElement[]) {
    const close = new IconButton({ icon: "close", label: "Close", key: "Escape" }, onClose);
    const head = make("header", { class: "panel-head" }, make("h2", { text: title }), close.element);
    const attributes = { "aria-label": title, tabindex: "0" }; // it scrolls: by keyboard, too
    this.element = make("section", { class: "panel", attributes }, head, ...content);
    this.element.hidden = true;
  }

  set isShown(isShown: boolean) {
    this.element.hidden = !isShown;
  }
}
