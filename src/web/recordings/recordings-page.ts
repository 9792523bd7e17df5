import { momentIn, withMoment } from "../address.ts";
import type { ApiAnswer } from "../api.ts";
import { toggleFullScreen } from "../full-screen.ts";
import { watchIdle } from "../idle.ts";
import { every } from "../interval.ts";
import { listenToKeys } from "../keys.ts";
import type { Site } from "../site.ts";
import { keepVolume, readVolume, type Sound } from "../storage.ts";
import { type MarkName, type Marks, marked, moved, NO_MARKS } from "./clip.ts";
import { RATES } from "./recording-controls.ts";
import { type RecordingCommands, type RecordingPanel, recordingKeys } from "./recording-keys.ts";
import { RecordingsApi } from "./recordings-api.ts";
import { RecordingsView } from "./recordings-view.ts";
import { SegmentActions } from "./segment-actions.ts";
import { Timeline } from "./timeline.ts";

const USUAL_FPS = 25;

/** The recordings of a stream: a player, and a day to move about in. */
export class RecordingsPage implements RecordingCommands {
  readonly element: HTMLElement;
  readonly #site: Site;
  readonly #name: string;
  readonly #view: RecordingsView;
  readonly #timeline: Timeline;
  readonly #actions: SegmentActions;
  #sound: Sound;
  #marks: Marks = NO_MARKS;
  #needsTap = false;
  #frameMs = 1000 / USUAL_FPS;

  /** It is there as long as the document is. */
  constructor(site: Site, name: string) {
    this.#site = site;
    this.#name = name;
    this.#sound = { isMuted: !site.address.options.sound, volume: readVolume(site.storage) };
    this.#view = this.#makeView();
    const { toast } = this.#view;
    const api = new RecordingsApi(site, name);
    const onChange = () => this.#show();
    const onKept = () => void this.#timeline.list.refresh();
    this.#actions = new SegmentActions({ api, name, toast, onChange, onKept });
    this.#timeline = new Timeline({
      ...{ api, name, toast, onChange },
      atMs: momentIn(new URL(location.href)),
      nowMs: () => this.#nowMs,
      onPlayRefused: () => this.#refusedToPlay(),
    });
    this.element = this.#view.build(this.#timeline.player.element);
    document.title = `Recordings of ${name} · flvcast`;
    const { signal } = new AbortController();
    this.#listen(signal);
    this.#timeline.start(this.#sound, signal);
  }

  take(answer: ApiAnswer): void {
    const streams = answer.kind === "streams" ? answer.list.streams : [];
    const fps = streams.find(({ name }) => name === this.#name)?.fps ?? USUAL_FPS;
    this.#frameMs = 1000 / fps;
  }

  togglePause(): void {
    const { player } = this.#timeline;
    if (player.isPaused) player.play();
    else player.pause();
  }

  toggleSound(): void {
    this.#setSound({ ...this.#sound, isMuted: !this.#sound.isMuted });
  }

  setVolume(volume: number): void {
    if (volume > 0) keepVolume(volume, this.#site.storage);
    this.#setSound({ isMuted: volume === 0, volume: volume === 0 ? this.#sound.volume : volume });
  }

  toggleFullScreen(): void {
    toggleFullScreen();
  }

  togglePanel(kind: RecordingPanel): void {
    const { panels } = this.#view;
    panels.shown = panels.shown === kind ? null : kind;
    const isCalendar = panels.shown === "calendar";
    if (isCalendar) void this.#timeline.list.refreshDays();
    this.#show();
    if (isCalendar) panels.focusCalendar();
  }

  /** With nothing open, what is marked goes. */
  closePanel(): void {
    const { panels, head } = this.#view;
    if (panels.shown === "calendar") head.focusDate();
    if (panels.shown === null) this.#marks = NO_MARKS;
    panels.shown = null;
    this.#show();
  }

  seekBy(ms: number): void {
    this.#timeline.seekBy(ms);
  }

  seekToEnd(end: "first" | "last"): void {
    this.#timeline.seekToEnd(end);
  }

  stepFrame(direction: 1 | -1): void {
    this.#timeline.player.step(direction, this.#frameMs);
  }

  setRate(rate: number): void {
    this.#timeline.player.rate = rate;
  }

  changeRate(direction: 1 | -1): void {
    const rate = RATES[RATES.indexOf(this.#timeline.player.rate) + direction];
    if (rate !== undefined) this.setRate(rate);
  }

  changeDay(direction: 1 | -1): void {
    this.#timeline.changeDay(direction);
    this.#show();
  }

  zoom(direction: 1 | -1): void {
    this.#view.bar.zoom(direction);
    this.#show();
  }

  mark(name: MarkName): void {
    const { atMs } = this.#timeline.player;
    if (atMs !== null) this.#setMarks(marked(this.#marks, name, atMs));
  }

  toggleKeep(): void {
    const { segment } = this.#timeline;
    if (segment !== null) void this.#actions.keep(segment, !segment.isKept);
  }

  goLive(): void {
    this.#view.head.goLive();
  }

  #makeView(): RecordingsView {
    return new RecordingsView({
      commands: this,
      name: this.#name,
      base: this.#site.address.base,
      onToken: (token) => {
        this.#site.token = token;
        this.#timeline.retryNow();
      },
      onTap: () => {
        this.#needsTap = false;
        this.#timeline.player.play();
      },
      onSeek: (ms) => this.#timeline.seek(ms),
      onMoveMark: (name, ms) => this.#setMarks(moved(this.#marks, name, ms)),
      onClearMarks: () => this.#setMarks(NO_MARKS),
      onChooseDay: (key) => {
        this.closePanel();
        this.#timeline.goToDay(key);
      },
      onDownload: (download) => void this.#actions.download(download),
    });
  }

  #listen(signal: AbortSignal): void {
    const { player, recovery } = this.#timeline;
    listenToKeys(recordingKeys, this, () => this.#sound.volume, signal);
    const isBusy = () =>
      player.isPaused ||
      this.#view.panels.shown !== null ||
      this.element.querySelector(":focus-visible") !== null;
    watchIdle(this.element, isBusy, signal);
    player.element.addEventListener("click", () => this.togglePause());
    player.element.addEventListener("dblclick", () => this.toggleFullScreen());
    document.addEventListener("fullscreenchange", () => this.#show(), { signal });
    globalThis.addEventListener("online", () => recovery.retryNow(), { signal });
    every(1000, signal, () => this.#tick());
  }

  /** A link to this page leads to where it was sought, or stands still. */
  #tick(): void {
    const ms = this.#timeline.linkedMs;
    const here = new URL(location.href);
    const there = ms === null ? here : withMoment(here, ms);
    if (there.href !== here.href) history.replaceState(history.state, "", there);
    this.#show();
  }

  #refusedToPlay(): void {
    this.#needsTap = true;
    this.#timeline.player.pause();
  }

  #setMarks(marks: Marks): void {
    this.#marks = marks;
    this.#show();
  }

  #setSound(sound: Sound): void {
    this.#sound = sound;
    this.#timeline.player.sound = sound;
    this.#show();
  }

  get #nowMs(): number {
    return this.#site.serverMs ?? Date.now();
  }

  #show(): void {
    const { failure } = this.#timeline.recovery;
    const { isLoading, isPaused } = this.#timeline.player;
    const playing = isLoading ? "loading" : isPaused ? "paused" : "playing";
    this.element.dataset["situation"] = failure?.kind ?? playing;
    this.#view.show({
      ...{ timeline: this.#timeline, sound: this.#sound, marks: this.#marks, needsTap: this.#needsTap },
      isPreparing: this.#actions.isPreparing,
      hasToken: this.#site.token !== null,
      nowMs: this.#nowMs,
    });
  }
}
