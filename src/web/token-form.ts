import { make } from "./elements.ts";

/** The token in what was pasted: alone, or with the URL around it that `flvcast url` prints. */
export function tokenIn(pasted: string): string {
  const [, inUrl] = /[?&]token=([^&#\s'"]*)/.exec(pasted) ?? [];
  return inUrl ?? pasted.trim();
}

/** Asks for the token where the page was opened without one, or with a wrong one. */
export class TokenForm {
  readonly element: HTMLFormElement;
  readonly #input = make("input", {
    attributes: {
      type: "password",
      name: "token",
      autocomplete: "current-password",
      placeholder: "Token or URL",
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
      onToken(tokenIn(this.#input.value));
      this.#input.value = "";
    });
  }

  set isNeeded(isNeeded: boolean) {
    this.element.hidden = !isNeeded;
  }
}
