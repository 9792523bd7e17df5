import type { StreamInfo } from "../server/api/schemas.ts";
import type { ApiAnswer } from "./api.ts";
import { make } from "./elements.ts";
import { every } from "./interval.ts";
import { Notice } from "./notice.ts";
import type { Site } from "./site.ts";
import { Tile } from "./tile.ts";
import { TokenForm } from "./token-form.ts";
import type { ViewerState } from "./viewer-state.ts";
import { type Words, wordsFor } from "./words.ts";

/** All streams, side by side. */
export class GridPage {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #tiles = new Map<string, Tile>();
  readonly #list = make("ul", { class: "grid" });
  readonly #count = make("p", { class: "grid-count" });
  readonly #form: TokenForm;
  readonly #notice: Notice;
  readonly #inView: IntersectionObserver;
  readonly #closing = new AbortController();

  constructor(site: Site) {
    this.#site = site;
    this.#form = new TokenForm((token) => this.#useToken(token));
    this.#notice = new Notice(this.#form.element);
    this.#inView = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) this.#tileOf(target)?.setInView(isIntersecting);
    });
    const head = make("header", { class: "grid-head" }, make("h1", { text: "flvcast" }), this.#count);
    this.element = make("main", { class: "grid-page" }, head, this.#list, this.#notice.element);
    document.title = "flvcast";
    this.#listen(this.#closing.signal);
  }

  close(): void {
    this.#closing.abort();
    this.#inView.disconnect();
    this.#each((tile) => tile.close());
    this.element.remove();
  }

  #listen(signal: AbortSignal): void {
    every(1000, signal, () => this.#each((tile) => tile.tick()));
    const onVisibility = () => {
      const isVisible = document.visibilityState === "visible";
      this.#each((tile) => tile.setVisible(isVisible));
    };
    document.addEventListener("visibilitychange", onVisibility, { signal });
    globalThis.addEventListener("online", () => this.#each((tile) => tile.retryNow()), { signal });
  }

  /** What the API says. */
  take(answer: ApiAnswer): void {
    this.#form.isNeeded = answer.kind === "refused" && answer.status === 401;
    this.#notice.show(this.#wordsFor(answer));
    if (answer.kind === "streams") this.#show(answer.list.streams);
  }

  /** Players that run say themselves how it stands with them. */
  #wordsFor(answer: ApiAnswer): Words | null {
    if (answer.kind === "refused") return wordsFor(this.#refusal(answer.status, answer.why), String);
    if (answer.kind === "streams")
      return answer.list.streams.length > 0 ? null : { ...NO_STREAMS, tone: "quiet", place: "middle" };
    return this.#tiles.size > 0 ? null : wordsFor({ kind: "offline", sinceMs: null }, String);
  }

  #refusal(status: number, why: string): ViewerState {
    if (status === 401) return { kind: "token-needed", wasWrong: this.#site.token !== null };
    return status === 403 ? { kind: "forbidden", why } : { kind: "refused", status, why };
  }

  #show(streams: readonly StreamInfo[]): void {
    for (const stream of streams) {
      const tile = this.#tiles.get(stream.name) ?? this.#add(stream);
      tile.update(stream);
    }
    for (const [name, tile] of this.#tiles) {
      if (!streams.some((stream) => stream.name === name)) this.#remove(name, tile);
    }
    this.#count.textContent = streams.length === 1 ? "1 stream" : `${streams.length} streams`;
    this.#list.style.setProperty("--columns", `${Math.ceil(Math.sqrt(streams.length))}`);
  }

  #add(stream: StreamInfo): Tile {
    const tile = new Tile(this.#site, stream);
    this.#tiles.set(stream.name, tile);
    this.#list.append(tile.element);
    this.#inView.observe(tile.element);
    return tile;
  }

  #remove(name: string, tile: Tile): void {
    this.#inView.unobserve(tile.element);
    this.#tiles.delete(name);
    tile.close();
    tile.element.remove();
  }

  #tileOf(target: Element): Tile | undefined {
    return [...this.#tiles.values()].find(({ element }) => element === target);
  }

  #each(act: (tile: Tile) => void): void {
    for (const tile of this.#tiles.values()) act(tile);
  }

  #useToken(token: string): void {
    this.#site.token = token;
    this.#each((tile) => tile.retryNow());
  }
}

const NO_STREAMS = { title: "No streams yet", detail: "Streams appear here as soon as they start." };
