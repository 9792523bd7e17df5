import type { StreamInfo } from "../server/api/schemas.ts";
import { arrange, make } from "./elements.ts";
import { type Area, commonAspect, layoutFor } from "./grid-layout.ts";
import { every } from "./interval.ts";
import type { Site } from "./site.ts";
import { Tile } from "./tile.ts";

/** The tiles, in the server's order, as large as the window allows; those in view play. */
export class TileGrid {
  readonly element = make("ul", { class: "grid" });
  readonly #site: Site;
  readonly #tiles = new Map<string, Tile>();
  readonly #inView: IntersectionObserver;
  #streams: readonly StreamInfo[] = [];
  #shown: readonly StreamInfo[] = [];

  constructor(site: Site, signal: AbortSignal) {
    this.#site = site;
    this.#inView = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries)
          [...this.#tiles.values()].find(({ element }) => element === target)?.setInView(isIntersecting);
      },
      { rootMargin: "20% 0px" }, // what is scrolled to next plays already
    );
    every(1000, signal, () => this.#each((tile) => tile.tick()));
    const onVisibility = () => {
      const isVisible = document.visibilityState === "visible";
      this.#each((tile) => tile.setVisible(isVisible));
    };
    document.addEventListener("visibilitychange", onVisibility, { signal });
    globalThis.addEventListener("online", () => this.retryNow(), { signal });
    globalThis.addEventListener("resize", () => this.#fit(), { signal });
  }

  get isEmpty(): boolean {
    return this.#tiles.size === 0;
  }

  /** What the API says; `shown` are those that are not filtered out. */
  show(streams: readonly StreamInfo[], shown: readonly StreamInfo[]): void {
    const names = new Set(streams.map(({ name }) => name));
    for (const [name, tile] of this.#tiles) if (!names.has(name)) this.#remove(name, tile);
    const tiles = streams.map((stream) => this.#update(stream, shown.includes(stream)));
    arrange(
      this.element,
      tiles.map(({ element }) => element),
    );
    this.#streams = streams;
    this.#shown = shown;
    this.#fit();
  }

  retryNow(): void {
    this.#each((tile) => tile.retryNow());
  }

  close(): void {
    this.#inView.disconnect();
    this.#each((tile) => tile.close());
  }

  #update(stream: StreamInfo, isShown: boolean): Tile {
    const tile = this.#tiles.get(stream.name) ?? this.#add(stream);
    tile.element.hidden = !isShown;
    tile.update(stream);
    return tile;
  }

  #add(stream: StreamInfo): Tile {
    const tile = new Tile(this.#site, stream);
    this.#tiles.set(stream.name, tile);
    this.#inView.observe(tile.element);
    return tile;
  }

  #remove(name: string, tile: Tile): void {
    this.#inView.unobserve(tile.element);
    this.#tiles.delete(name);
    tile.close();
    tile.element.remove();
  }

  #fit(): void {
    const aspect = commonAspect(this.#shown);
    const area = this.#area();
    const { columns, tileWidth } = layoutFor(this.#shown.length, area, aspect);
    this.#set("columns", `${columns}`);
    this.#set("aspect", `${aspect}`);
    this.#set("tile", tileWidth === null ? "1fr" : `${tileWidth}px`);
    // The head stands above them all, and stays there whatever is typed into it.
    const all = layoutFor(this.#streams.length, area, commonAspect(this.#streams));
    const allWidth = all.tileWidth === null ? null : all.columns * (all.tileWidth + area.gap) - area.gap;
    this.#set("all-tiles", allWidth === null ? "100%" : `${allWidth}px`);
  }

  /** For the style sheet: of the whole page. */
  #set(name: string, value: string): void {
    this.element.parentElement?.style.setProperty(`--${name}`, value);
  }

  /** From below the head to the end of the window. */
  #area(): Area {
    const { paddingBottom, rowGap } = getComputedStyle(this.element);
    const below = this.element.offsetTop + Number.parseFloat(paddingBottom);
    return {
      width: this.element.clientWidth,
      height: document.documentElement.clientHeight - below,
      gap: Number.parseFloat(rowGap),
    };
  }

  #each(act: (tile: Tile) => void): void {
    for (const tile of this.#tiles.values()) act(tile);
  }
}
