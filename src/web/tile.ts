import { streamUrl, watchUrl } from "./address.ts";
import { make } from "./elements.ts";
import { Notice } from "./notice.ts";
import type { Site } from "./site.ts";
import { StageElement } from "./stage.ts";
import type { ChannelInfo } from "./stream-list.ts";
import { ChannelViewer } from "./stream-viewer.ts";
import { tellTime, wordsFor } from "./words.ts";

/** One channel of the grid: plays without sound while it can be seen, and leads to its own page. */
export class Tile {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #name: string;
  readonly #stage: StageElement;
  readonly #notice = new Notice();
  readonly #facts = make("span", { class: "tile-facts" });
  #channel: ChannelInfo;
  #viewer: ChannelViewer | null = null;
  #players = 1;

  constructor(site: Site, channel: ChannelInfo) {
    this.#site = site;
    this.#name = channel.name;
    this.#channel = channel;
    this.#stage = new StageElement(`Live picture of ${channel.name}`);
    const caption = make(
      "span",
      { class: "tile-caption" },
      make("span", { class: "tile-dot" }),
      make("span", { class: "tile-name", text: channel.name }),
      this.#facts,
    );
    const link = make(
      "a",
      { class: "tile", attributes: { href: watchUrl(site.address.base, channel.name).href } },
      this.#stage.element,
      caption,
    );
    this.element = make("li", {}, link, this.#notice.element);
    this.#show();
  }

  /** What the API says, and among how many the tile plays. */
  update(channel: ChannelInfo, players: number): void {
    this.#channel = channel;
    this.#players = players;
    if (this.#viewer !== null) this.#viewer.channel = channel;
    this.#show();
  }

  /** Whether it is in view. */
  setInView(isInView: boolean): void {
    if (isInView && this.#viewer === null) this.#viewer = this.#watch();
    else if (!isInView) this.close();
  }

  setVisible(isVisible: boolean): void {
    this.#viewer?.setVisible(isVisible);
  }

  retryNow(): void {
    this.#viewer?.retryNow();
  }

  tick(): void {
    this.#viewer?.watch();
    this.#show();
  }

  close(): void {
    this.#viewer?.close();
    this.#viewer = null;
  }

  #watch(): ChannelViewer {
    const { address } = this.#site;
    const viewer = new ChannelViewer({
      url: streamUrl(address.base, this.#name),
      stage: this.#stage,
      worklet: this.#site.worklet,
      wishes: address.wishes,
      transport: this.#site.transport(this.#players),
      token: () => this.#site.token,
      onChange: () => this.#show(),
      onPicture: () => this.#show(),
      onSoundRefused: () => undefined,
    });
    viewer.channel = this.#channel;
    viewer.setVisible(document.visibilityState === "visible");
    return viewer;
  }

  #show(): void {
    const situation = this.#viewer?.situation ?? ({ kind: "connecting" } as const);
    this.element.dataset["situation"] = situation.kind;
    this.#notice.show(wordsFor(situation, (sinceMs) => tellTime(sinceMs, Date.now())));
    this.#stage.show(this.#viewer?.readings?.player ?? null);
    this.#facts.hidden = situation.kind !== "playing";
    const { size, viewers } = this.#channel;
    const watching = viewers === null ? "" : `${viewers} ${viewers === 1 ? "viewer" : "viewers"}`;
    const facts = [size?.replace("x", " × ") ?? "", watching].filter((fact) => fact !== "").join(" · ");
    if (this.#facts.textContent !== facts) this.#facts.textContent = facts;
  }
}
