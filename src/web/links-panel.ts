import { IconButton } from "./button.ts";
import { saveFile } from "./download.ts";
import { make } from "./elements.ts";
import { icon } from "./icons.ts";
import {
  isLoopback,
  type Link,
  type LinkedStream,
  linksOf,
  maskedText,
  pageUrl,
  playlistOf,
} from "./links.ts";
import { drawQrCode } from "./qr-code.ts";

const COPIED_MS = 2000;

/** Every way to the stream: to be scanned, copied or opened. */
export class LinksPanel {
  readonly element: HTMLElement;
  readonly #code = make("div", { class: "qr" });
  readonly #note = make("p", { class: "links-note" });
  readonly #list = make("ul", { class: "links" });
  #stream: LinkedStream | null = null;

  constructor() {
    const open = make("button", { class: "button", attributes: { type: "button" } }, icon("play"));
    open.append(make("span", { text: "Open in VLC (M3U)" }));
    open.addEventListener("click", () => this.#savePlaylist());
    this.element = make("div", {}, this.#code, this.#note, this.#list, open);
  }

  show(stream: LinkedStream): void {
    if (JSON.stringify(stream) === JSON.stringify(this.#stream)) return; // what is selected stays so
    this.#stream = stream;
    this.#list.replaceChildren(...linksOf(stream).map((link) => row(link, stream.token)));
    const isHereOnly = isLoopback(stream.base);
    this.#code.hidden = isHereOnly;
    this.#note.textContent = noteOn(stream, isHereOnly);
    this.#note.hidden = this.#note.textContent === "";
    if (isHereOnly) return;
    drawQrCode(this.#code, pageUrl(stream).href).catch(() => {
      this.#code.hidden = true; // its code could not be loaded: the server is gone
    });
  }

  #savePlaylist(): void {
    if (this.#stream === null) return;
    saveFile(new Blob([playlistOf(this.#stream)], { type: "audio/x-mpegurl" }), `${this.#stream.name}.m3u`);
  }
}

function noteOn({ token }: LinkedStream, isHereOnly: boolean): string {
  if (isHereOnly) return "These links work on this machine only.";
  return token === null ? "" : "These links include the token: anyone who has one can watch.";
}

function row({ name, hint, text, copy }: Link, token: string | null): HTMLElement {
  const label = make("p", { class: "link-name" }, make("b", { text: name }), make("span", { text: hint }));
  const shown = make("code", { text: maskedText(text, token) });
  const button = new IconButton({ icon: "copy", label: copy }, () => {
    copyText(text).then(
      () => (button.look = { icon: "done", label: "Copied" }),
      () => (shown.textContent = text), // to be copied by hand
    );
    setTimeout(() => (button.look = { icon: "copy", label: copy }), COPIED_MS);
  });
  return make("li", {}, make("div", {}, label, shown), button.element);
}

/**
 * Copies the text. Over plain HTTP a browser has no clipboard for a page, and in a frame it may have none, but it still
 * obeys the old command. Throws where it obeys neither.
 */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copySelected(text)) throw new Error("the browser lets this page copy nothing");
  }
}

function copySelected(text: string): boolean {
  const field = make("textarea", { class: "offscreen", attributes: { "aria-hidden": "true" } });
  field.value = text;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  return isCopied;
}
