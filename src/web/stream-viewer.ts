import type { FlvEvent } from "../media/flv/demuxer.ts";
import type { StreamInfo } from "../server/api/schemas.ts";
import { streamUrl, type Transport } from "./address.ts";
import { StreamWallClock } from "./clocks.ts";
import type { StreamSource } from "./connection.ts";
import { Playback } from "./playback.ts";
import { type PlayerStats, RateMeter, type Surface } from "./player.ts";
import { type ConnectionState, Reception } from "./reception.ts";
import type { Sample } from "./sample.ts";
import type { Site } from "./site.ts";
import type { Sound } from "./storage.ts";
import { isOldIphone, playsAnything } from "./support.ts";
import { type MissingCodec, type Unplayable, type ViewerState, viewerStateOf } from "./viewer-state.ts";

export interface ViewerOptions {
  readonly name: string;
  readonly surface: Surface;
  /** Another state, other tracks, or another size. */
  readonly onChange: () => void;
  readonly onSoundRefused: () => void;
}

/** What is told of a stream on demand; null where it is not known. */
export interface ViewerStats extends PlayerStats {
  readonly transport: Transport;
  readonly receivedKbps: number | null;
  readonly shownPerSecond: number | null;
  /** When the shown picture was taken, by the server's clock. */
  readonly capturedMs: number | null;
}

/** One stream on its way from the server to the screen, and how it stands with it. */
export class StreamViewer {
  readonly #site: Site;
  readonly #options: ViewerOptions;
  #reception: Reception;
  readonly #playback: Playback;
  readonly #streamClock = new StreamWallClock();
  readonly #received = new RateMeter();
  readonly #shown = new RateMeter();
  #transport: Transport;
  #connection: ConnectionState = { kind: "connecting" };
  #stream: StreamInfo | null = null;
  #hasFrame = false;
  #needsTap = false;
  #isPaused = false;
  #unplayable: Unplayable | null = null;
  /** Those with which it cannot be played, as the API names them; null where it has not. */
  #unplayableCodecs: string | null = null;
  #newestMs = 0;
  #countedFrames = 0;

  constructor(site: Site, options: ViewerOptions) {
    this.#site = site;
    this.#options = options;
    this.#transport = site.transport;
    this.#playback = new Playback({
      surface: options.surface,
      worklet: site.worklet,
      request: site.address.options.player,
      onVideoSize: () => this.#videoSizeChanged(),
      onSoundRefused: options.onSoundRefused,
      onPlayRefused: () => this.#refusedToPlay(),
      onUnplayable: (codec) => this.#giveUp(codec),
      onSample: (sample) => this.#note(sample),
    });
    this.#reception = this.#receive();
    if (playsAnything()) return;
    this.#unplayable = unplayableHere();
    this.#reception.stop();
  }

  get state(): ViewerState {
    return viewerStateOf({
      connection: this.#connection,
      stream: this.#stream,
      hasFrame: this.#hasFrame || this.#playback.tracks?.video === false,
      needsTap: this.#needsTap,
      hasToken: this.#site.token !== null,
      unplayable: this.#unplayable,
      missingAudio: this.#playback.missingAudio,
      isPaused: this.#isPaused,
      nowMs: Date.now(),
    });
  }

  /** The tracks of the stream; null before it has begun. */
  get tracks(): { readonly video: boolean; readonly audio: boolean } | null {
    return this.#playback.tracks;
  }

  get stats(): ViewerStats | null {
    const stats = this.#playback.stats();
    if (stats === null) return null;
    const nowMs = performance.now();
    return {
      ...stats,
      transport: this.#transport,
      receivedKbps: scaled(this.#received.perSecond(nowMs), 8 / 1000),
      shownPerSecond: this.#shown.perSecond(nowMs),
      capturedMs: stats.shownMs === null ? null : this.#streamClock.wallMs(stats.shownMs),
    };
  }

  get currentFrame(): CanvasImageSource | null {
    return this.#playback.currentFrame();
  }

  set stream(stream: StreamInfo | null) {
    const isBack =
      this.#connection.kind !== "receiving" && stream?.state === "on-air" && this.#stream !== null;
    if (isBack && this.#stream?.state !== "on-air") this.#reception.retryNow();
    this.#stream = stream;
    if (this.#unplayable !== null && playsAnything()) this.#tryOtherCodecs(codecsOf(stream));
  }

  get stream(): StreamInfo | null {
    return this.#stream;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Nothing is received while it is paused; it resumes at the live edge, with a new connection. */
  set isPaused(isPaused: boolean) {
    if (this.#isPaused === isPaused || this.#unplayable !== null) return;
    this.#isPaused = isPaused;
    this.#playback.setPaused(isPaused);
    this.#connection = { kind: "connecting" };
    if (isPaused) this.#reception.stop();
    else this.#reception = this.#receive();
    this.#options.onChange();
  }

  setSound(sound: Sound): void {
    this.#playback.setSound(sound);
  }

  setVisible(isVisible: boolean): void {
    this.#playback.setVisible(isVisible);
    if (isVisible && this.#connection.kind !== "receiving") this.#reception.retryNow();
  }

  preferVideo(isPreferred: boolean): void {
    this.#playback.preferVideo(isPreferred);
  }

  retryNow(): void {
    this.#reception.retryNow();
  }

  /** To be called once a second. */
  watch(): void {
    const nowMs = performance.now();
    const frames = this.#playback.stats()?.shownFrames ?? 0;
    this.#shown.add(Math.max(0, frames - this.#countedFrames), nowMs);
    this.#countedFrames = frames;
    if (this.#connection.kind === "receiving") this.#playback.watch(this.#newestMs, nowMs);
  }

  close(): void {
    this.#reception.stop();
    this.#playback.close();
  }

  /** It starts once the caller has it; it never fails, and ends with `stop`. */
  #receive(): Reception {
    const reception = new Reception({
      source: () => this.#source(),
      onEvents: (events, bytes) => this.#take(events, bytes),
      onConnection: (connection) => this.#connectionChanged(connection),
    });
    queueMicrotask(() => void reception.run());
    return reception;
  }

  #source(): StreamSource {
    const url = streamUrl(this.#site.address.base, this.#options.name);
    return { url, token: this.#site.token, transport: this.#transport };
  }

  #take(events: readonly FlvEvent[], bytes: number): void {
    this.#received.add(bytes, performance.now());
    for (const event of events) {
      if (event.kind === "header") this.#streamClock.clear();
      else if (event.timestampMs > 0) this.#newestMs = event.timestampMs;
    }
    this.#playback.push(events);
  }

  #note(sample: Sample): void {
    if (sample.kind === "clock") this.#streamClock.set(sample.clock);
  }

  #connectionChanged(connection: ConnectionState): void {
    this.#connection = connection;
    if (connection.kind === "lost" && connection.why === "no-websocket") this.#transport = "fetch";
    this.#options.onChange();
  }

  #videoSizeChanged(): void {
    this.#hasFrame = true;
    this.#needsTap = false;
    this.#options.onChange();
  }

  #refusedToPlay(): void {
    this.#needsTap = true;
    this.#options.onChange();
  }

  #giveUp(codec: MissingCodec | null): void {
    this.#unplayableCodecs = codecsOf(this.#stream);
    this.#unplayable = playsAnything() ? (codec ?? "stream") : unplayableHere();
    this.#reception.stop();
    this.#options.onChange();
  }

  /** Whoever publishes it may have changed them. */
  #tryOtherCodecs(codecs: string | null): void {
    const before = this.#unplayableCodecs;
    this.#unplayableCodecs = codecs ?? before;
    if (before === null || codecs === null || codecs === before) return;
    this.#unplayable = null;
    this.#hasFrame = false;
    this.#connection = { kind: "connecting" };
    this.#reception = this.#receive();
    this.#options.onChange();
  }
}

/** Null while the server does not know them, either. */
function codecsOf(stream: StreamInfo | null): string | null {
  return stream === null || stream.codecs.length === 0 ? null : stream.codecs.join();
}

/** Why this browser plays nothing at all. */
function unplayableHere(): Unplayable {
  return isOldIphone(navigator.userAgent) ? "iphone" : "browser";
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
