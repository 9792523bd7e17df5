import type { FlvEvent } from "../media/flv/demuxer.ts";
import type { StreamInfo } from "../server/api/schemas.ts";
import type { Transport, Wishes } from "./address.ts";
import type { StreamSource } from "./connection.ts";
import { Playback } from "./playback.ts";
import type { Readings, Stage } from "./player.ts";
import type { Sound } from "./preferences.ts";
import { type Link, Reception } from "./reception.ts";
import type { Sample } from "./sample.ts";
import { type Situation, situationOf, type Unplayable } from "./situation.ts";
import { StreamTime } from "./stream-time.ts";
import { isOldIphone, playsAnything } from "./support.ts";
import { Tally } from "./tally.ts";

export interface ViewerOptions {
  readonly url: URL;
  readonly stage: Stage;
  readonly worklet: URL;
  readonly wishes: Wishes;
  readonly transport: Transport;
  /** Asked at each connection. */
  readonly token: () => string | null;
  /** Another situation, or other tracks. */
  readonly onChange: () => void;
  readonly onPicture: (width: number, height: number) => void;
  readonly onSoundRefused: () => void;
}

/** What is told of a stream on demand; null where it is not known. */
export interface ViewerReadings extends Readings {
  readonly transport: Transport;
  readonly receivedKbps: number | null;
  readonly shownPerSecond: number | null;
  /** When the shown picture was taken, by the server's clock. */
  readonly takenMs: number | null;
}

/** One stream on its way from the server to the screen, and how it stands with it. */
export class StreamViewer {
  readonly #options: ViewerOptions;
  readonly #reception: Reception;
  readonly #playback: Playback;
  readonly #streamTime = new StreamTime();
  readonly #received = new Tally();
  readonly #shown = new Tally();
  #transport: Transport;
  #link: Link = { kind: "connecting" };
  #stream: StreamInfo | null = null;
  #hasPicture = false;
  #needsTap = false;
  #unplayable: Unplayable | null = null;
  #newestMs = 0;
  #countedPictures = 0;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.#transport = options.transport;
    this.#playback = new Playback({
      stage: options.stage,
      worklet: options.worklet,
      request: options.wishes.player,
      onPicture: (width, height) => this.#pictured(width, height),
      onSoundRefused: options.onSoundRefused,
      onPlayRefused: () => this.#refusedToPlay(),
      onUnplayable: () => this.#giveUp(),
      onSample: (sample) => this.#note(sample),
    });
    this.#reception = new Reception({
      source: () => this.#source(),
      onEvents: (events, bytes) => this.#take(events, bytes),
      onLink: (link) => this.#linked(link),
    });
    if (playsAnything())
      void this.#reception.run(); // it fails at nothing, and ends with `close`
    else this.#giveUp();
  }

  get situation(): Situation {
    return situationOf({
      link: this.#link,
      stream: this.#stream,
      hasPicture: this.#hasPicture || this.#playback.tracks?.video === false,
      needsTap: this.#needsTap,
      hasToken: this.#options.token() !== null,
      unplayable: this.#unplayable,
      nowMs: Date.now(),
    });
  }

  /** The tracks of the stream; null before it has begun. */
  get tracks(): { readonly video: boolean; readonly audio: boolean } | null {
    return this.#playback.tracks;
  }

  get readings(): ViewerReadings | null {
    const readings = this.#playback.readings();
    if (readings === null) return null;
    const nowMs = performance.now();
    return {
      ...readings,
      transport: this.#transport,
      receivedKbps: scaled(this.#received.perSecond(nowMs), 8 / 1000),
      shownPerSecond: this.#shown.perSecond(nowMs),
      takenMs: readings.shownMs === null ? null : this.#streamTime.wallMs(readings.shownMs),
    };
  }

  get picture(): CanvasImageSource | null {
    return this.#playback.picture();
  }

  /** What the API says of the stream. */
  set stream(stream: StreamInfo | null) {
    const isBack = this.#link.kind !== "receiving" && stream?.state === "on-air" && this.#stream !== null;
    if (isBack && this.#stream?.state !== "on-air") this.#reception.retryNow();
    this.#stream = stream;
  }

  get stream(): StreamInfo | null {
    return this.#stream;
  }

  setSound(sound: Sound): void {
    this.#playback.setSound(sound);
  }

  setVisible(isVisible: boolean): void {
    this.#playback.setVisible(isVisible);
    if (isVisible && this.#link.kind !== "receiving") this.#reception.retryNow();
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
    const pictures = this.#playback.readings()?.shownPictures ?? 0;
    this.#shown.add(Math.max(0, pictures - this.#countedPictures), nowMs);
    this.#countedPictures = pictures;
    if (this.#link.kind === "receiving") this.#playback.watch(this.#newestMs, nowMs);
  }

  close(): void {
    this.#reception.stop();
    this.#playback.close();
  }

  #source(): StreamSource {
    return { url: this.#options.url, token: this.#options.token(), transport: this.#transport };
  }

  #take(events: readonly FlvEvent[], bytes: number): void {
    this.#received.add(bytes, performance.now());
    for (const event of events) {
      if (event.kind === "header") this.#streamTime.forget();
      else if (event.timestampMs > 0) this.#newestMs = event.timestampMs;
    }
    this.#playback.push(events);
  }

  #note(sample: Sample): void {
    if (sample.kind === "clock") this.#streamTime.tell(sample.clock);
  }

  #linked(link: Link): void {
    this.#link = link;
    if (link.kind === "lost" && link.why === "no-websocket") this.#transport = "fetch";
    this.#options.onChange();
  }

  #pictured(width: number, height: number): void {
    this.#hasPicture = true;
    this.#needsTap = false;
    this.#options.onPicture(width, height);
    this.#options.onChange();
  }

  #refusedToPlay(): void {
    this.#needsTap = true;
    this.#options.onChange();
  }

  #giveUp(): void {
    if (playsAnything()) this.#unplayable = "stream";
    else this.#unplayable = isOldIphone(navigator.userAgent) ? "iphone" : "browser";
    this.#reception.stop();
    this.#options.onChange();
  }
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}
