import type { FlvEvent, FlvHeaderEvent } from "../media/flv/demuxer.ts";
import { TagType } from "../media/flv/layout.ts";
import type { AddressOptions } from "./address.ts";
import { LowLatencyPlayer } from "./low-latency-player.ts";
import type { Player, PlayerEvents, PlayerFailure, PlayerStats, Surface } from "./player.ts";
import { RecentStream } from "./recent-stream.ts";
import { readSample, type Sample } from "./sample.ts";
import type { Sound } from "./storage.ts";
import { missingCodec, playsLowLatency, playsMse, type TrackSettings } from "./support.ts";
import type { MissingCodec } from "./viewer-state.ts";

export interface PlaybackOptions {
  readonly surface: Surface;
  readonly worklet: URL;
  readonly request: AddressOptions["player"];
  readonly onVideoSize: () => void;
  readonly onSoundRefused: () => void;
  readonly onPlayRefused: () => void;
  /** No player of this browser plays this stream, over this codec; null where it is none that only some play. */
  readonly onUnplayable: (codec: MissingCodec | null) => void;
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
  /** The low-latency player has failed: not again on this page, unless the codecs change. */
  #isLowLatencyOut = false;
  /** The audio's codec, where only the video can be played. */
  #missingAudio: MissingCodec | null = null;
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
    const tracks = this.#header?.tracks;
    return tracks === undefined ? null : { ...tracks, audio: tracks.audio && this.#missingAudio === null };
  }

  get missingAudio(): MissingCodec | null {
    return this.#missingAudio;
  }

  /** Takes what has been received, in order; the first bytes of a connection are the header. */
  push(events: readonly FlvEvent[]): void {
    for (const event of events) {
      const sample = event.kind === "header" ? null : this.#read(event);
      if (event.kind === "header") this.#begin(event);
      else this.#recent.add(event, sample);
      this.#give(this.#player, event, sample);
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

  /** Picture in picture needs a `<video>`: the other player has one, if it plays the stream. */
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
    this.#closePlayer();
  }

  #closePlayer(): void {
    this.#player?.close();
    this.#player = null;
  }

  #read(event: Exclude<FlvEvent, FlvHeaderEvent>): Sample | null {
    const sample = readSample(event);
    const before = this.#settings;
    if (sample?.kind === "video-config") this.#settings = { ...before, video: sample };
    if (sample?.kind === "audio-config") this.#settings = { ...before, audio: sample };
    if (sample?.kind === "audio-frame" && sample.settings !== undefined)
      this.#settings = { ...before, audio: sample.settings };
    if (this.#hasChosen && hasOtherCodec(before, this.#settings)) this.#codecChanged();
    return sample;
  }

  /** In mid-stream, as where a publisher comes back with other settings: all is chosen again. */
  #codecChanged(): void {
    this.#hasChosen = false;
    this.#isLowLatencyOut = this.#options.request === "mse";
    if (this.#player?.stats().player === "mse") this.#closePlayer(); // a source buffer keeps to its codec
  }

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
    const settings = this.#settings;
    const suited = await this.#suited(settings, !this.#isLowLatencyUnwanted);
    const missingAudio = suited?.isWhole === false ? await missingCodec(settings) : null;
    if (choice !== this.#choice || !this.#hasChosen) return;
    if (suited === null) return await this.#giveUp();
    const { kind } = suited;
    const isSame = this.#player?.stats().player === kind && !this.#missingAudio === !missingAudio;
    this.#missingAudio = missingAudio;
    if (isSame) return;
    const player = await this.#create(kind);
    if (choice === this.#choice) this.#changeTo(player);
    else player.close();
  }

  /** The player for all of the stream, else for its video alone; rather the one that is not wanted than none. */
  async #suited(
    settings: TrackSettings,
    isLowLatencyWanted: boolean,
  ): Promise<{ readonly kind: Kind; readonly isWhole: boolean } | null> {
    const whole = await this.#suitable(settings, isLowLatencyWanted);
    if (whole !== null) return { kind: whole, isWhole: true };
    const part = settings.video && (await this.#suitable({ ...settings, audio: null }, isLowLatencyWanted));
    if (part !== null) return { kind: part, isWhole: false };
    return isLowLatencyWanted ? null : await this.#suited(settings, true);
  }

  async #suitable(settings: TrackSettings, isLowLatencyWanted: boolean): Promise<Kind | null> {
    const mayBeLowLatency = isLowLatencyWanted && !this.#isLowLatencyOut;
    if (mayBeLowLatency && (await playsLowLatency(settings))) return "low-latency";
    return playsMse(settings) ? "mse" : null;
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
    this.#closePlayer();
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
      this.#give(player, event, event.kind === "header" ? null : readSample(event));
    }
  }

  /** Sound has gone on meanwhile. */
  #replayVideo(player: Player): void {
    for (const event of this.#recent.events()) {
      const sample = event.kind === "header" ? null : readSample(event);
      if (sample?.kind !== "audio-frame") this.#give(player, event, sample);
    }
  }

  /** Without the audio where it cannot be played. */
  #give(player: Player | null, event: FlvEvent, sample: Sample | null): void {
    if (this.#missingAudio === null) return player?.push(event, sample);
    if (event.kind === "header") player?.push({ ...event, tracks: { ...event.tracks, audio: false } }, null);
    else if (event.type !== TagType.audio) player?.push(event, sample);
  }

  #fail(failure: PlayerFailure): void {
    const kind = this.#player?.stats().player;
    this.#still = { shownMs: -1, sinceMs: performance.now() };
    if (failure === "stalled" && this.#player !== null) return this.#replay(this.#player);
    if (kind === "mse") return void this.#giveUp();
    this.#isLowLatencyOut = true;
    void this.#choose();
  }

  /** What comes with other codecs finds all players again. */
  async #giveUp(): Promise<void> {
    this.close();
    this.#isLowLatencyOut = this.#options.request === "mse";
    this.#options.onUnplayable(await missingCodec(this.#settings));
  }
}

function hasOtherCodec(before: TrackSettings, now: TrackSettings): boolean {
  return isOther(before.video, now.video) || isOther(before.audio, now.audio);
}

function isOther<Settings extends { readonly codec: string }>(before: Settings | null, now: Settings | null) {
  return before !== null && now !== null && before.codec !== now.codec;
}
