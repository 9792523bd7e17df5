import mpegts from "mpegts.js";
import type { FlvEvent } from "../media/flv/demuxer.ts";
import { LiveEdge, type Position } from "./live-edge.ts";
import { Failures, type Player, type PlayerEvents, type Readings, type Stage } from "./player.ts";
import type { Sound } from "./preferences.ts";
import type { Sample } from "./sample.ts";
import { TagSource } from "./tag-loader.ts";

/** The live edge is ours to keep to: mpegts.js looks four times a second, and then it has run dry. */
const settings: mpegts.Config = {
  enableStashBuffer: false,
  lazyLoad: false,
  // A page in a background tab gets no `sourceopen`: what comes is kept until it does.
  deferLoadAfterSourceOpen: false,
  autoCleanupSourceBuffer: true,
  autoCleanupMaxBackwardDuration: 30,
  autoCleanupMinBackwardDuration: 10,
};

/** A player that fails is begun again; more failures in a minute are too many. */
const MAX_ERRORS = 3;
/** How often it is looked where the player is: pictures come as often, or more seldom. */
const LOOK_MS = 40;

/** mpegts.js and Media Source Extensions: everywhere where there is no WebCodecs, or no secure context. */
export class MsePlayer implements Player {
  readonly #stage: Stage;
  readonly #events: PlayerEvents;
  readonly #errors = new Failures(MAX_ERRORS, 60_000);
  readonly #listening = new AbortController();
  #player: mpegts.Player | null = null;
  #source = new TagSource();
  #sound: Sound = { isMuted: true, volume: 1 };
  /** The stream's time at the video's 0: mpegts.js counts from the decode time of the first frame of either track. */
  #originMs: number | null = null;
  readonly #edge = new LiveEdge();
  readonly #looking = setInterval(() => this.#keepToEdge(), LOOK_MS);
  #isVisible = true;

  constructor(stage: Stage, events: PlayerEvents) {
    this.#stage = stage;
    this.#events = events;
    const { video } = stage;
    const { signal } = this.#listening;
    const onPicture = () => events.onPicture(video.videoWidth, video.videoHeight);
    video.addEventListener("loadeddata", onPicture, { signal });
    video.addEventListener("resize", onPicture, { signal });
    // At the beginning, where a whole group has come at once, and after it ran dry.
    video.addEventListener("playing", () => this.#jump(true), { signal });
    video.addEventListener("waiting", () => this.#halted(), { signal });
    mpegts.LoggingControl.applyConfig({ enableAll: false });
  }

  push(event: FlvEvent, sample: Sample | null): void {
    if (event.kind === "header") this.#begin(event.tracks);
    if (sample?.kind === "metadata" || sample?.kind === "clock") return;
    if (sample?.kind === "picture" || sample?.kind === "sound") {
      const decodeTimeMs = sample.kind === "picture" ? sample.decodeTimeMs : sample.presentationTimeMs;
      this.#originMs ??= decodeTimeMs;
      // Sound runs behind its picture: what lies before the first one has no place in the video's time.
      if (decodeTimeMs < this.#originMs) return;
    }
    this.#source.push(event);
  }

  setSound(sound: Sound): void {
    this.#sound = sound;
    this.#stage.video.muted = sound.isMuted;
    this.#stage.video.volume = sound.volume;
    if (this.#player !== null) this.#play();
  }

  /** Browsers stop a hidden, muted video: it is taken on to where the stream is by now. */
  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (!isVisible) return;
    this.#jump(true);
    this.#play();
  }

  readings(): Readings {
    const { video } = this.#stage;
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
    return {
      player: "mse",
      shownMs: this.#originMs === null || video.paused ? null : this.#originMs + video.currentTime * 1000,
      shownPictures: totalVideoFrames - droppedVideoFrames,
      droppedPictures: droppedVideoFrames,
      bufferMs: Math.max(0, (endOf(video.buffered) - video.currentTime) * 1000),
    };
  }

  picture(): CanvasImageSource | null {
    return this.#stage.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA ? null : this.#stage.video;
  }

  close(): void {
    clearInterval(this.#looking);
    this.#listening.abort();
    this.#destroy();
  }

  #begin({ audio, video }: { readonly audio: boolean; readonly video: boolean }): void {
    this.#destroy();
    this.#source = new TagSource();
    this.#originMs = null;
    const media = { type: "flv", isLive: true, hasAudio: audio, hasVideo: video, url: "" };
    const player = mpegts.createPlayer(media, {
      ...settings,
      customLoader: this.#source.loaderClass(mpegts.BaseLoader),
    });
    this.#player = player;
    player.on(mpegts.Events.ERROR, () => this.#failed());
    player.attachMediaElement(this.#stage.video);
    this.setSound(this.#sound);
    player.load();
    this.#play();
  }

  /** The timers of a hidden page come too seldom to play faster by. */
  #keepToEdge(): void {
    const { video } = this.#stage;
    if (!isPlaying(video)) return this.#goOnAsUsual();
    if (this.#jump(false)) return;
    if (this.#isVisible) video.playbackRate = this.#edge.rate(performance.now(), this.#position());
    else this.#goOnAsUsual();
  }

  #goOnAsUsual(): void {
    this.#edge.halted();
    this.#stage.video.playbackRate = 1;
  }

  #jump(isStart: boolean): boolean {
    const toS = this.#edge.jump(performance.now(), this.#position(), isStart);
    if (toS !== null) this.#stage.video.currentTime = toS;
    return toS !== null;
  }

  /** Where it starts, or goes elsewhere, it has to wait: it has not run dry. */
  #halted(): void {
    const { video } = this.#stage;
    if (video.seeking || video.currentTime === 0) this.#edge.halted();
    else this.#edge.ranDry();
  }

  #position(): Position {
    const { video } = this.#stage;
    return { playedS: video.currentTime, endS: endOf(video.buffered) };
  }

  #play(): void {
    const { video } = this.#stage;
    video.play().catch((error: unknown) => {
      const isRefused = error instanceof DOMException && error.name === "NotAllowedError";
      if (!isRefused) return; // it was interrupted by the next load
      if (video.muted) return this.#events.onPlayRefused();
      video.muted = true;
      this.#events.onSoundRefused();
      this.#play();
    });
  }

  #failed(): void {
    this.#destroy();
    this.#events.onFailure(this.#errors.add(performance.now()) ? "decoder" : "stumbled");
  }

  #destroy(): void {
    try {
      this.#player?.destroy();
    } catch {
      // mpegts.js 1.8 may throw where the media source is gone already
    }
    this.#player = null;
  }
}

function isPlaying({ paused, seeking, readyState }: HTMLVideoElement): boolean {
  return !paused && !seeking && readyState > HTMLMediaElement.HAVE_CURRENT_DATA;
}

function endOf(ranges: TimeRanges): number {
  return ranges.length === 0 ? 0 : ranges.end(ranges.length - 1);
}
