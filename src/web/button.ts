import { make } from "./elements.ts";
import { type Icon, icon } from "./icons.ts";

export interface ButtonLook {
  readonly icon: Icon;
  /** What pressing it does, as screen readers and the tooltip say it. */
  readonly label: string;
  /** The key that does the same. */
  readonly key?: string;
}

/** A button that shows a drawing and says what it does. */
export class IconButton {
  readonly element = make("button", { class: "icon-button", attributes: { type: "button" } });
  #icon: Icon | null = null;

  constructor(look: ButtonLook, onPress: () => void) {
    this.element.addEventListener("click", onPress);
    this.look = look;
  }

  set look({ icon: name, label, key }: ButtonLook) {
    if (name !== this.#icon) this.element.replaceChildren(icon(name));
    this.#icon = name;
    this.element.setAttribute("aria-label", label);
    this.element.title = key === undefined ? label : `${label} (${key})`;
    if (key !== undefined) this.element.setAttribute("aria-keyshortcuts", key);
  }

  set isPressed(isPressed: boolean) {
    this.element.setAttribute("aria-pressed", `${isPressed}`);
  }

  set isHidden(isHidden: boolean) {
    this.element.hidden = isHidden;
  }
}
