import type { FlvEvent, FlvHeaderEvent } from "../media/flv/demuxer.ts";
import type { AddressOptions } from "./address.ts";
import { LowLatencyPlayer } from "./low-latency-player.ts";
import type { Player, PlayerEvents, PlayerFailure, PlayerStats, Surface } from "./player.ts";
import { RecentStream } from "./recent-stream.ts";
import { readSample, type Sample } from "./sample.ts";
import type { Sound } from "./storage.ts";
import { missingCodec, playsLowLatency, playsMse, type TrackSettings } from "./support.ts";
import type { PlainCodec } from "./viewer-state.ts";

export interface PlaybackOptions {
  readonly surface: Surface;
  readonly worklet: URL;
  readonly request: AddressOptions["player"];
  readonly onVideoSize: () => void;
  readonly onSoundRefused: () => void;
  readonly onPlayRefused: () => void;
  /** No player of this browser plays this stream, over this codec; null where it is none that only some play. */
  readonly onUnplayable: (codec: PlainCodec | null) => void;
  /** What is in the stream, as it is read. */
  readonly onSample: (sample: Sample) => void;
}

type Kind = PlayerStats["player"];

const NO_SETTINGS: TrackSettings = { video: null, audio: null };

/** A picture that stands still for so long, while the stream goes on, does so for ever. */
const STANDSTILL_MS = 4000;

/**
 * The stream to the player that suits browser and stream, and to the other one when that fails. Both begin in mid-stream,
 * so that changing over takes no new connection.
 */
export class Playback {
  readonly #options: PlaybackOptions;
  readonly #recent = new RecentStream();
  #header: FlvHeaderEvent | null = null;
  #settings: TrackSettings = NO_SETTINGS;
  #player: Player | null = null;
  /** Counts choices: one that is overtaken by the next stream is dropped. */
  #choice = 0;
  #hasChosen = false;
  /** The low-latency player has failed: not again on this page. */
  #isLowLatencyOut = false;
  #isLowLatencyUnwanted = false;
  #sound: Sound = { isMuted: true, volume: 1 };
  #isVisible = true;
  #isPaused = false;
  #still = { shownMs: -1, sinceMs: 0 };

  constructor(options: PlaybackOptions) {
    this.#options = options;
    this.#isLowLatencyOut = options.request === "mse";
  }

  get tracks(): FlvHeaderEvent["tracks"] | null {
    return this.#header?.tracks ?? null;
  }

  /** Takes what has been received, in order; the first bytes of a connection are the header. */
  push(events: readonly FlvEvent[]): void {
    for (const event of events) {
      const sample = event.kind === "header" ? null : this.#read(event);
      if (event.kind === "header") this.#begin(event);
      else this.#recent.add(event, sample);
      this.#player?.push(event, sample);
      if (sample !== null) this.#options.onSample(sample);
    }
    if (!this.#hasChosen && this.#isComplete()) void this.#choose();
  }

  setSound(sound: Sound): void {
    this.#sound = sound;
    if (!this.#isPaused) this.#player?.setSound(sound);
  }

  /** To be followed by another connection where it goes on: it shows the last frame until then. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (this.#player === null) return;
    if (!isPaused && this.#isVisible) this.#player.setVisible(true);
    this.#prepare(this.#player);
  }

  setVisible(isVisible: boolean): void {
    if (isVisible === this.#isVisible) return;
    this.#isVisible = isVisible;
    if (this.#isPaused) return;
    this.#player?.setVisible(isVisible);
    if (isVisible && this.#player?.stats().player === "low-latency") this.#replayVideo(this.#player);
  }

  /** Picture in picture needs a `<video>`: the other player has one. */
  preferVideo(isPreferred: boolean): void {
    if (this.#isLowLatencyUnwanted === isPreferred) return;
    this.#isLowLatencyUnwanted = isPreferred;
    if (this.#hasChosen) void this.#choose();
  }

  stats(): PlayerStats | null {
    return this.#player?.stats() ?? null;
  }

  currentFrame(): CanvasImageSource | null {
    return this.#player?.currentFrame() ?? null;
  }

  /** To be called about once a second: finds a player that stands still. `receivedMs`: the stream's newest time. */
  watch(receivedMs: number, nowMs: number): void {
    const stats = this.stats();
    if (stats?.shownMs == null || !this.#isVisible) return;
    const hasMoved = stats.shownMs !== this.#still.shownMs;
    if (hasMoved || receivedMs - stats.shownMs < STANDSTILL_MS)
      this.#still = { shownMs: stats.shownMs, sinceMs: nowMs };
    else if (nowMs - this.#still.sinceMs > STANDSTILL_MS) this.#fail("stalled");
  }

  close(): void {
    this.#choice++;
    this.#player?.close();
    this.#player = null;
  }

  #read(event: Exclude<FlvEvent, FlvHeaderEvent>): Sample | null {
    const sample = readSample(event);
    if (sample?.kind === "video-config") this.#settings = { ...this.#settings, video: sample };
    if (sample?.kind === "audio-config") this.#settings = { ...this.#settings, audio: sample };
    if (sample?.kind === "audio-frame" && sample.settings !== undefined)
      this.#settings = { ...this.#settings, audio: sample.settings };
    return sample;
  }

  /** Another connection: the same player goes on where the tracks are the same. */
  #begin(header: FlvHeaderEvent): void {
    this.#header = header;
    this.#recent.begin(header);
    this.#hasChosen = false;
    this.#settings = NO_SETTINGS;
    this.#still = { shownMs: -1, sinceMs: performance.now() }; // what was shown before tells nothing
  }

  #isComplete(): boolean {
    const tracks = this.#header?.tracks;
    if (tracks === undefined) return false;
    const { video, audio } = this.#settings;
    return (!tracks.video || video !== null) && (!tracks.audio || audio !== null);
  }

  async #choose(): Promise<void> {
    this.#hasChosen = true;
    const choice = ++this.#choice;
    const kind = await this.#suitable();
    if (choice !== this.#choice || !this.#hasChosen) return;
    if (kind === null) return await this.#giveUp();
    if (this.#player?.stats().player === kind) return;
    const player = await this.#create(kind);
    if (choice === this.#choice) this.#changeTo(player);
    else player.close();
  }

  async #suitable(): Promise<Kind | null> {
    const isWanted = !this.#isLowLatencyOut && !this.#isLowLatencyUnwanted;
    if (isWanted && (await playsLowLatency(this.#settings))) return "low-latency";
    return playsMse(this.#settings) ? "mse" : null;
  }

  async #create(kind: Kind): Promise<Player> {
    const { surface, worklet, onVideoSize, onSoundRefused, onPlayRefused } = this.#options;
    const onFailure = (failure: PlayerFailure) => this.#fail(failure);
    const events: PlayerEvents = { onVideoSize, onSoundRefused, onPlayRefused, onFailure };
    if (kind === "low-latency") return new LowLatencyPlayer(surface, events, worklet);
    const { MsePlayer } = await import("./mse-player.ts"); // mpegts.js is most of the page's code
    return new MsePlayer(surface, events);
  }

  #changeTo(player: Player): void {
    this.#player?.close();
    this.#player = player;
    this.#prepare(player);
    this.#replay(player);
    if (this.#isPaused) this.#options.surface.video.pause(); // a replay plays
  }

  /** Neither seen nor heard while it is paused. */
  #prepare(player: Player): void {
    player.setSound(this.#isPaused ? { ...this.#sound, isMuted: true } : this.#sound);
    if (this.#isPaused || !this.#isVisible) player.setVisible(false);
    if (this.#isPaused) this.#options.surface.video.pause(); // it would play what it has
  }

  #replay(player: Player): void {
    for (const event of this.#recent.events()) {
      player.push(event, event.kind === "header" ? null : readSample(event));
    }
  }

  /** Sound has gone on meanwhile. */
  #replayVideo(player: Player): void {
    for (const event of this.#recent.events()) {
      const sample = event.kind === "header" ? null : readSample(event);
      if (sample?.kind !== "audio-frame") player.push(event, sample);
    }
  }

  #fail(failure: PlayerFailure): void {
    const kind = this.#player?.stats().player;
    this.#still = { shownMs: -1, sinceMs: performance.now() };
    if (failure === "stalled" && this.#player !== null) return this.#replay(this.#player);
    if (kind === "mse") return void this.#giveUp();
    this.#isLowLatencyOut = true;
    void this.#choose();
  }

  async #giveUp(): Promise<void> {
    this.#options.onUnplayable(await missingCodec(this.#settings));
  }
}
