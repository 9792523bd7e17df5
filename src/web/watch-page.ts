import type { StreamInfo } from "../server/api/schemas.ts";
import { streamUrl, watchUrl } from "./address.ts";
import { copyText } from "./clipboard.ts";
import { ClockOverlay } from "./clock-overlay.ts";
import { type Commands, Controls } from "./controls.ts";
import { make } from "./elements.ts";
import { icon } from "./icons.ts";
import { Notice } from "./notice.ts";
import { figuresOf, Panel } from "./panel.ts";
import { PictureInPicture } from "./picture-in-picture.ts";
import type { Site } from "./site.ts";
import { saveSnapshot } from "./snapshot.ts";
import { keepVolume, readVolume, type Sound } from "./storage.ts";
import { StreamViewer } from "./stream-viewer.ts";
import { SurfaceElement } from "./surface.ts";
import { TokenForm } from "./token-form.ts";
import { listenToKeys, watchIdle } from "./user-input.ts";
import { localTime, wordsFor } from "./words.ts";

/** One player that fills the page. */
export class WatchPage implements Commands {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #name: string;
  readonly #surface: SurfaceElement;
  readonly #viewer: StreamViewer;
  readonly #controls = new Controls(this);
  readonly #clock: ClockOverlay;
  readonly #panel: Panel;
  readonly #form: TokenForm;
  readonly #notice: Notice;
  readonly #unmute = make(
    "button",
    { class: "unmute", attributes: { type: "button" } },
    icon("muted"),
    make("span", { text: "Unmute" }),
  );
  readonly #window: PictureInPicture;
  #sound: Sound;

  constructor(site: Site, name: string) {
    this.#site = site;
    this.#name = name;
    this.#sound = { isMuted: !site.address.options.sound, volume: readVolume(site.storage) };
    this.#surface = new SurfaceElement(`Live picture of ${name}`);
    this.#viewer = this.#watch();
    this.#form = new TokenForm((token) => this.#useToken(token));
    this.#notice = new Notice(this.#form.element);
    this.#clock = new ClockOverlay(() => this.#viewer.stats?.capturedMs ?? site.serverMs ?? Date.now());
    this.#panel = new Panel([
      this.#copyButton("Copy stream address", () => this.#sharedStreamUrl()),
      this.#copyButton("Copy page address", () => watchUrl(site.address.base, name)),
    ]);
    this.#window = new PictureInPicture(this.#surface.video, this.#viewer, () => this.#show());
    this.element = this.#build();
    this.#listen();
    if (site.address.options.clock) this.toggleClock();
    this.#viewer.setSound(this.#sound);
    this.#viewer.setVisible(document.visibilityState === "visible");
    this.#show();
  }

  toggleSound(): void {
    this.#setSound({ ...this.#sound, isMuted: !this.#sound.isMuted });
  }

  setVolume(volume: number): void {
    if (volume > 0) keepVolume(volume, this.#site.storage);
    this.#setSound({ isMuted: volume === 0, volume: volume === 0 ? this.#sound.volume : volume });
  }

  toggleStats(): void {
    this.#panel.isShown = !this.#panel.isShown;
    this.#show();
  }

  toggleClock(): void {
    this.#clock.isShown = !this.#clock.isShown;
    this.#show();
  }

  takeSnapshot(): void {
    const { currentFrame } = this.#viewer;
    if (currentFrame !== null) void saveSnapshot(currentFrame, this.#name, this.#site.serverMs ?? Date.now());
  }

  togglePictureInPicture(): void {
    void this.#window.toggle();
  }

  toggleFullScreen(): void {
    const isOn = document.fullscreenElement !== null;
    void (isOn ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  }

  #watch(): StreamViewer {
    return new StreamViewer(this.#site, {
      name: this.#name,
      surface: this.#surface,
      onChange: () => this.#show(),
      onSoundRefused: () => this.#setSound({ ...this.#sound, isMuted: true }),
    });
  }

  #build(): HTMLElement {
    const { base } = this.#site.address;
    const all = make(
      "a",
      {
        class: "icon-button",
        title: "All streams",
        attributes: { href: base.href, "aria-label": "All streams" },
      },
      icon("grid"),
    );
    all.hidden = globalThis.top !== globalThis.self; // in a frame there is no way out of it
    const head = make("header", { class: "watch-head" }, all, make("h1", { text: this.#name }));
    const overlays = [this.#notice.element, head, this.#clock.element, this.#unmute];
    return make(
      "main",
      { class: "watch" },
      this.#surface.element,
      ...overlays,
      this.#panel.element,
      this.#controls.element,
    );
  }

  #listen(): void {
    listenToKeys(this, () => this.#sound.volume);
    watchIdle(
      this.element,
      () => this.#panel.isShown || this.element.querySelector(":focus-visible") !== null,
    );
    document.addEventListener("pointerdown", () => {
      if (this.#viewer.state.kind === "needs-tap") this.#viewer.setSound(this.#sound);
    });
    this.#unmute.addEventListener("click", () => this.toggleSound());
    this.#surface.element.addEventListener("dblclick", () => this.toggleFullScreen());
    document.addEventListener("fullscreenchange", () => this.#show());
    document.addEventListener("visibilitychange", () => {
      this.#viewer.setVisible(document.visibilityState === "visible" || this.#window.isOn);
    });
    globalThis.addEventListener("online", () => this.#viewer.retryNow());
    setInterval(() => this.#tick(), 1000);
    this.#site.pollStreams((answer) => {
      const streams = answer.kind === "streams" ? answer.list.streams : [];
      this.#viewer.stream = streams.find(({ name }) => name === this.#name) ?? null;
      this.#show();
    });
  }

  #tick(): void {
    this.#viewer.watch();
    this.#show();
  }

  #show(): void {
    const { state, tracks } = this.#viewer;
    const words = wordsFor(state, (sinceMs) => localTime(sinceMs, Date.now()), this.#name);
    this.#notice.show(words);
    this.#form.isNeeded = state.kind === "token-needed";
    this.#surface.show(this.#viewer.stats?.player ?? null);
    this.element.dataset["situation"] = state.kind;
    const hasAudio = tracks?.audio ?? false;
    this.#unmute.hidden = !hasAudio || !this.#sound.isMuted || words?.place === "middle";
    this.#controls.show({
      sound: this.#sound,
      hasAudio,
      hasVideo: tracks?.video ?? true,
      areStatsShown: this.#panel.isShown,
      isClockShown: this.#clock.isShown,
      isPictureInPicture: this.#window.isOn,
      isFullScreen: document.fullscreenElement !== null,
    });
    if (this.#panel.isShown) this.#showFigures(this.#viewer.stream);
  }

  #showFigures(stream: StreamInfo | null): void {
    this.#panel.show(figuresOf(this.#viewer.stats, stream, this.#site.serverMs));
  }

  #setSound(sound: Sound): void {
    this.#sound = sound;
    this.#viewer.setSound(sound);
    this.#show();
  }

  #useToken(token: string): void {
    this.#site.token = token;
    this.#viewer.retryNow();
  }

  /** For VLC and others, who know of the token from the address alone. */
  #sharedStreamUrl(): URL {
    const url = streamUrl(this.#site.address.base, this.#name);
    if (this.#site.token !== null) url.searchParams.set("token", this.#site.token);
    return url;
  }

  #copyButton(label: string, url: () => URL): HTMLButtonElement {
    const text = make("span", { text: label });
    const button = make("button", { class: "button", attributes: { type: "button" } }, icon("copy"), text);
    button.addEventListener("click", () => {
      copyText(url().href).then(
        () => (text.textContent = "Copied"),
        () => (text.textContent = url().href), // to be copied by hand
      );
      setTimeout(() => (text.textContent = label), 2000);
    });
    return button;
  }
}
