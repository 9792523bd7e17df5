import { make } from "./elements.ts";

/** Asks for the token where the page was opened without one, or with a wrong one. */
export class TokenForm {
  readonly element: HTMLFormElement;
  readonly #input = make("input", {
    attributes: {
      type: "password",
      name: "token",
      autocomplete: "current-password",
      placeholder: "Token",
      "aria-label": "Token",
      required: "",
    },
  });

  constructor(onToken: (token: string) => void) {
    const button = make("button", { class: "button", text: "Watch", attributes: { type: "submit" } });
    const user = make("input", { attributes: { type: "text", autocomplete: "username", value: "flvcast" } });
    user.hidden = true; // a browser that keeps passwords wants to know whose
    this.element = make("form", { class: "token-form" }, user, this.#input, button);
    this.element.hidden = true;
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      onToken(this.#input.value.trim());
      this.#input.value = "";
    });
  }

  set isNeeded(isNeeded: boolean) {
    if (this.element.hidden !== isNeeded) return;
    this.element.hidden = !isNeeded;
  }
}
