import type { ApiAnswer } from "./api.ts";
import { make } from "./elements.ts";
import { GridPage } from "./grid-page.ts";
import { Notice } from "./notice.ts";
import type { Site } from "./site.ts";
import { WatchPage } from "./watch-page.ts";
import { wordsFor } from "./words.ts";

/** `/`: the player of the only stream, or all streams side by side. */
export class HomePage {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #notice = new Notice();
  #page: GridPage | WatchPage | null = null;
  /** The stream whose player it is; null for all of them. */
  #only: string | null = null;

  constructor(site: Site) {
    this.#site = site;
    this.element = make("div", { class: "home" }, this.#notice.element);
    this.#notice.show(wordsFor({ kind: "connecting" }, String));
  }

  take(answer: ApiAnswer): void {
    this.#pageFor(answer).take(answer);
  }

  /** What is shown stays while the server does not answer. */
  #pageFor(answer: ApiAnswer): GridPage | WatchPage {
    const only = onlyName(answer);
    const isSame = answer.kind !== "streams" || only === this.#only;
    if (this.#page !== null && isSame) return this.#page;
    this.#page?.close();
    this.#notice.show(null);
    const page = only === null ? new GridPage(this.#site) : new WatchPage(this.#site, only);
    this.element.append(page.element);
    this.#only = only;
    this.#page = page;
    return page;
  }
}

function onlyName(answer: ApiAnswer): string | null {
  const streams = answer.kind === "streams" ? answer.list.streams : [];
  return streams.length === 1 ? (streams[0]?.name ?? null) : null;
}
