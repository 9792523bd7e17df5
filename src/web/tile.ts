import type { StreamInfo } from "../server/api/schemas.ts";
import { watchUrl } from "./address.ts";
import { make } from "./elements.ts";
import { Notice } from "./notice.ts";
import type { Site } from "./site.ts";
import { StreamViewer } from "./stream-viewer.ts";
import { SurfaceElement } from "./surface.ts";
import type { ViewerState } from "./viewer-state.ts";
import { localTime, wordsFor } from "./words.ts";

/** Who scrolls past and comes back finds it playing. */
const OUT_OF_SIGHT_MS = 2000;

/**
 * One stream of the grid: plays without sound while it can be seen, and leads to its own page. One that runs on demand is not
 * played: a page that stays open would keep it running.
 */
export class Tile {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #surface: SurfaceElement;
  readonly #notice = new Notice();
  readonly #facts = make("span", { class: "tile-facts" });
  #stream: StreamInfo;
  #viewer: StreamViewer | null = null;
  #isInView = false;
  #isPageVisible = document.visibilityState === "visible";
  #closing: ReturnType<typeof setTimeout> | undefined;

  constructor(site: Site, stream: StreamInfo) {
    this.#site = site;
    this.#stream = stream;
    this.#surface = new SurfaceElement(`Live video of ${stream.name}`);
    const caption = make(
      "span",
      { class: "tile-caption" },
      make("span", { class: "tile-dot" }),
      make("span", { class: "tile-name", text: stream.name, title: stream.name }),
      this.#facts,
    );
    const link = make(
      "a",
      { class: "tile", attributes: { href: watchUrl(site.address.base, stream.name).href } },
      this.#surface.element,
      caption,
    );
    this.element = make("li", {}, link, this.#notice.element);
    this.#show();
  }

  update(stream: StreamInfo): void {
    const was = this.#stream;
    this.#stream = stream;
    if (this.#viewer !== null) this.#viewer.stream = stream;
    if (stream.isOnDemand !== was.isOnDemand) this.#receiveWhileSeen();
    this.#show();
  }

  setInView(isInView: boolean): void {
    this.#isInView = isInView;
    this.#receiveWhileSeen();
  }

  setVisible(isVisible: boolean): void {
    this.#isPageVisible = isVisible;
    this.#viewer?.setVisible(isVisible);
    this.#receiveWhileSeen();
  }

  retryNow(): void {
    this.#viewer?.retryNow();
  }

  tick(): void {
    this.#viewer?.watch();
    this.#show();
  }

  close(): void {
    clearTimeout(this.#closing);
    this.#viewer?.close();
    this.#viewer = null;
  }

  #receiveWhileSeen(): void {
    clearTimeout(this.#closing);
    const isSeen = this.#isInView && this.#isPageVisible;
    if (isSeen && !this.#stream.isOnDemand) this.#viewer ??= this.#watch();
    else if (this.#viewer !== null) this.#closing = setTimeout(() => this.close(), OUT_OF_SIGHT_MS);
  }

  #watch(): StreamViewer {
    const viewer = new StreamViewer(this.#site, {
      name: this.#stream.name,
      surface: this.#surface,
      onChange: () => this.#show(),
      onSoundRefused: () => undefined,
    });
    viewer.stream = this.#stream;
    viewer.setVisible(this.#isPageVisible);
    return viewer;
  }

  #show(): void {
    const state = this.#viewer?.state ?? unwatched(this.#stream);
    this.element.dataset["situation"] = state.kind;
    const isPlaying = state.kind === "playing"; // its sound, if it has one, is not missed here
    this.#notice.show(isPlaying ? null : wordsFor(state, (sinceMs) => localTime(sinceMs, Date.now())));
    this.#surface.show(this.#viewer?.stats?.player ?? null);
    this.#facts.hidden = !isPlaying;
    const { size, viewers } = this.#stream;
    const watching = `${viewers} ${viewers === 1 ? "viewer" : "viewers"}`;
    const facts = size === null ? watching : `${size.replace("x", " × ")} · ${watching}`;
    if (this.#facts.textContent !== facts) this.#facts.textContent = facts;
  }
}

function unwatched({ isOnDemand, state, reason: why }: StreamInfo): ViewerState {
  return isOnDemand ? { kind: "on-demand", isIdle: state === "idle", why } : { kind: "connecting" };
}
