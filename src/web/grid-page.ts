import type { StreamInfo } from "../server/api/schemas.ts";
import { filterIn, withFilter } from "./address.ts";
import type { ApiAnswer } from "./api.ts";
import { make } from "./elements.ts";
import { filterOf } from "./filter.ts";
import { GridHead } from "./grid-head.ts";
import { Notice } from "./notice.ts";
import type { Site } from "./site.ts";
import { TileGrid } from "./tile-grid.ts";
import { TokenForm } from "./token-form.ts";
import type { ViewerState } from "./viewer-state.ts";
import { quiet, type Words, wordsFor } from "./words.ts";

export class GridPage {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #head: GridHead;
  readonly #grid: TileGrid;
  readonly #noMatch = new NoMatch(() => (this.#head.filter = ""));
  readonly #form: TokenForm;
  readonly #notice: Notice;
  readonly #closing = new AbortController();
  #streams: readonly StreamInfo[] = [];

  constructor(site: Site) {
    this.#site = site;
    const { signal } = this.#closing;
    this.#head = new GridHead(filterIn(new URL(location.href)), () => this.#filterChanged(), signal);
    this.#grid = new TileGrid(site, signal);
    this.#form = new TokenForm((token) => this.#useToken(token));
    this.#notice = new Notice(this.#form.element);
    const parts = [this.#head, this.#noMatch, this.#grid, this.#notice].map(({ element }) => element);
    this.element = make("main", { class: "grid-page" }, ...parts);
    document.title = "flvcast";
  }

  close(): void {
    this.#closing.abort();
    this.#grid.close();
    this.element.remove();
  }

  take(answer: ApiAnswer): void {
    this.#form.isNeeded = answer.kind === "refused" && answer.status === 401;
    this.#notice.show(this.#wordsFor(answer));
    if (answer.kind !== "streams") return;
    this.#streams = answer.list.streams;
    this.#show();
  }

  /** Players that run say themselves how it stands with them. */
  #wordsFor(answer: ApiAnswer): Words | null {
    if (answer.kind === "refused") return wordsFor(this.#refusal(answer.status, answer.why), String);
    if (answer.kind === "streams") return answer.list.streams.length > 0 ? null : NO_STREAMS;
    return !this.#grid.isEmpty ? null : wordsFor({ kind: "offline", sinceMs: null }, String);
  }

  #refusal(status: number, why: string): ViewerState {
    if (status === 401) return { kind: "token-needed", wasWrong: this.#site.token !== null };
    return status === 403 ? { kind: "forbidden", why } : { kind: "refused", status, why };
  }

  #filterChanged(): void {
    this.#show();
    history.replaceState(history.state, "", withFilter(new URL(location.href), this.#head.filter));
  }

  #show(): void {
    const { filter } = this.#head;
    const shown = this.#streams.filter(filterOf(filter));
    this.#head.show(this.#streams, shown.length);
    this.#noMatch.filter = shown.length > 0 || this.#streams.length === 0 ? null : filter;
    this.#grid.show(this.#streams, shown);
  }

  #useToken(token: string): void {
    this.#site.token = token;
    this.#grid.retryNow();
  }
}

const NO_STREAMS = quiet("No streams yet", "Streams appear here as soon as they start.");

/** What is there instead of tiles where a filter leaves none. */
class NoMatch {
  readonly element: HTMLElement;
  readonly #text = make("p");

  constructor(onClear: () => void) {
    const clear = make("button", { class: "button", text: "Clear filter", attributes: { type: "button" } });
    clear.addEventListener("click", onClear);
    this.element = make("div", { class: "grid-no-match" }, this.#text, clear);
  }

  set filter(filter: string | null) {
    this.element.hidden = filter === null;
    this.#text.textContent = `No stream matches "${filter}".`;
  }
}
