import type { ApiAnswer } from "./api.ts";
import { ClockOverlay } from "./clock-overlay.ts";
import { type Commands, Controls, type PanelKind } from "./controls.ts";
import { saveFile } from "./download.ts";
import { make } from "./elements.ts";
import { toggleFullScreen } from "./full-screen.ts";
import { icon } from "./icons.ts";
import { watchIdle } from "./idle.ts";
import { every } from "./interval.ts";
import { listenToKeys } from "./keys.ts";
import { liveKeys } from "./live-keys.ts";
import { Notice } from "./notice.ts";
import { Panels } from "./panels.ts";
import { PictureInPicture } from "./picture-in-picture.ts";
import { RecordingsLink } from "./recordings-link.ts";
import type { Site } from "./site.ts";
import { keepVolume, readVolume, type Sound } from "./storage.ts";
import { StreamViewer } from "./stream-viewer.ts";
import { SurfaceElement } from "./surface.ts";
import { TokenForm } from "./token-form.ts";
import { localTime, wordsFor } from "./words.ts";

export class WatchPage implements Commands {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #name: string;
  readonly #surface: SurfaceElement;
  readonly #viewer: StreamViewer;
  readonly #controls = new Controls(this);
  readonly #clock: ClockOverlay;
  readonly #panels: Panels;
  readonly #form: TokenForm;
  readonly #notice: Notice;
  readonly #unmute = pill("muted", "Unmute");
  readonly #resume = pill("play", "Resume");
  readonly #all: HTMLElement;
  readonly #recordings: RecordingsLink;
  readonly #window: PictureInPicture;
  readonly #closing = new AbortController();
  #sound: Sound;

  constructor(site: Site, name: string) {
    this.#site = site;
    this.#name = name;
    this.#sound = { isMuted: !site.address.options.sound, volume: readVolume(site.storage) };
    this.#surface = new SurfaceElement(`Live video of ${name}`);
    this.#viewer = this.#watch();
    this.#form = new TokenForm((token) => this.#useToken(token));
    this.#notice = new Notice(this.#form.element);
    this.#clock = new ClockOverlay(() => this.#viewer.stats?.capturedMs ?? site.serverMs ?? Date.now());
    this.#panels = new Panels(() => this.closePanel());
    this.#window = new PictureInPicture(this.#surface.video, this.#viewer, () => this.#visibilityChanged());
    this.#all = allStreams(site.address.base);
    this.#recordings = new RecordingsLink(site, name);
    this.element = this.#build();
    document.title = `${name} · flvcast`;
    this.#listen(this.#closing.signal);
    if (site.address.options.clock) this.toggleClock();
    this.#viewer.setSound(this.#sound);
    this.#visibilityChanged();
  }

  take(answer: ApiAnswer): void {
    const streams = answer.kind === "streams" ? answer.list.streams : [];
    this.#viewer.stream = streams.find(({ name }) => name === this.#name) ?? null;
    if (this.#viewer.stream !== null) void this.#recordings.check();
    // In a frame there is no way out of it.
    this.#all.hidden = globalThis.top !== globalThis.self || !streams.some(({ name }) => name !== this.#name);
    this.#show();
  }

  close(): void {
    this.#closing.abort();
    this.#clock.isShown = false;
    this.#viewer.close();
    this.element.remove();
  }

  togglePause(): void {
    this.#viewer.isPaused = !this.#viewer.isPaused;
  }

  toggleSound(): void {
    this.#setSound({ ...this.#sound, isMuted: !this.#sound.isMuted });
  }

  setVolume(volume: number): void {
    if (volume > 0) keepVolume(volume, this.#site.storage);
    this.#setSound({ isMuted: volume === 0, volume: volume === 0 ? this.#sound.volume : volume });
  }

  togglePanel(kind: PanelKind): void {
    this.#panels.shown = this.#panels.shown === kind ? null : kind;
    this.#show();
  }

  closePanel(): void {
    this.#panels.shown = null;
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
    if (this.#viewer.tracks?.video === false) return;
    this.#viewer.isPaused = false;
    void this.#window.toggle();
  }

  toggleFullScreen(): void {
    toggleFullScreen();
  }

  openRecordings(): void {
    this.#recordings.open();
  }

  #watch(): StreamViewer {
    return new StreamViewer(this.#site, {
      name: this.#name,
      surface: this.#surface,
      onChange: () => this.#show(),
      onSoundRefused: () => this.#setSound({ ...this.#sound, isMuted: true }),
    });
  }

  /** The name stands below: at the top, it would cover a clock or a name that is part of the video. */
  #build(): HTMLElement {
    const name = make("h1", { text: this.#name });
    const title = make("div", { class: "watch-title" }, this.#all, name, this.#recordings.element);
    const bar = make("footer", { class: "watch-bar" }, title, this.#controls.element);
    const overlays = [this.#notice.element, this.#clock.element, this.#unmute, this.#resume];
    return make("main", { class: "watch" }, this.#surface.element, ...overlays, bar, this.#panels.element);
  }

  #listen(signal: AbortSignal): void {
    listenToKeys(liveKeys, this, () => this.#sound.volume, signal);
    const isFocused = () => this.element.querySelector(":focus-visible") !== null;
    watchIdle(this.element, () => this.#panels.shown !== null || isFocused(), signal);
    const onTap = () => {
      if (this.#viewer.state.kind === "needs-tap") this.#viewer.setSound(this.#sound);
    };
    this.#unmute.addEventListener("click", () => this.toggleSound());
    this.#resume.addEventListener("click", () => this.togglePause());
    this.#surface.element.addEventListener("dblclick", () => this.toggleFullScreen());
    document.addEventListener("pointerdown", onTap, { signal });
    document.addEventListener("fullscreenchange", () => this.#show(), { signal });
    document.addEventListener("visibilitychange", () => this.#visibilityChanged(), { signal });
    globalThis.addEventListener("online", () => this.#viewer.retryNow(), { signal });
    every(1000, signal, () => this.#tick());
  }

  #tick(): void {
    this.#viewer.watch();
    this.#show();
  }

  /** It is seen on the page, in a small window, or no longer. */
  #visibilityChanged(): void {
    this.#viewer.setVisible(document.visibilityState === "visible" || this.#window.isOn);
    this.#show();
  }

  #show(): void {
    const { state, stats, stream, tracks, isPaused } = this.#viewer;
    const words = wordsFor(state, (sinceMs) => localTime(sinceMs, Date.now()), this.#name);
    this.#notice.show(words);
    this.#form.isNeeded = state.kind === "token-needed";
    this.#surface.show(stats?.player ?? null);
    this.element.dataset["situation"] = state.kind;
    const hasAudio = tracks?.audio ?? false;
    this.#unmute.hidden = !hasAudio || !this.#sound.isMuted || isPaused || words?.place === "middle";
    this.#resume.hidden = !isPaused;
    this.#controls.show({
      ...{ isPaused, sound: this.#sound, hasAudio, hasVideo: tracks?.video ?? true },
      ...{ panel: this.#panels.shown, isClockShown: this.#clock.isShown },
      isPictureInPicture: this.#window.isOn,
      isFullScreen: document.fullscreenElement !== null,
    });
    const { address, serverMs, token } = this.#site;
    this.#panels.show({ base: address.base, name: this.#name, token, stats, stream, serverMs });
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
}

function pill(name: "muted" | "play", text: string): HTMLButtonElement {
  const attributes = { type: "button" };
  return make("button", { class: `pill ${name}`, attributes }, icon(name), make("span", { text }));
}

function allStreams(base: URL): HTMLElement {
  const attributes = { href: base.href, "aria-label": "All streams" };
  const link = make("a", { class: "icon-button", title: "All streams", attributes }, icon("grid"));
  link.hidden = true;
  return link;
}

/** Saves what is shown as a PNG, named after stream and time. */
async function saveSnapshot(frame: CanvasImageSource, name: string, nowMs: number): Promise<void> {
  const { width, height } = sizeOf(frame);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.drawImage(frame, 0, 0, width, height);
  const time = new Date(nowMs).toISOString().slice(0, 19).replaceAll(":", "");
  saveFile(await canvas.convertToBlob({ type: "image/png" }), `${name}-${time}.png`);
}

function sizeOf(frame: CanvasImageSource): { readonly width: number; readonly height: number } {
  if (frame instanceof HTMLVideoElement) return { width: frame.videoWidth, height: frame.videoHeight };
  if (frame instanceof HTMLCanvasElement) return frame;
  throw new TypeError("a frame is shown on a canvas or in a video");
}
