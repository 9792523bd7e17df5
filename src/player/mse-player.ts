import mpegts from "mpegts.js";
import type { FlvEvent } from "../flv/demuxer.ts";
import { Failures } from "./failures.ts";
import type { Player, PlayerEvents, Readings, Stage } from "./player.ts";
import type { Sound } from "./preferences.ts";
import type { Sample } from "./sample.ts";
import { TagSource } from "./tag-loader.ts";

/**
 * Measured (Chromium, 640x360 at 30/s with sound): tighter chasing stutters, since each seek flushes the decoder. `liveSync`
 * alone collapses: after an underflow Chromium begins again only with twice as much buffered, up to 3 s, and nothing but
 * a seek takes that back.
 */
const settings: mpegts.Config = {
  enableStashBuffer: false,
  lazyLoad: false,
  // A page in a background tab gets no `sourceopen`: what comes is kept until it does.
  deferLoadAfterSourceOpen: false,
  autoCleanupSourceBuffer: true,
  autoCleanupMaxBackwardDuration: 30,
  autoCleanupMinBackwardDuration: 10,
  liveSync: true,
  liveSyncMaxLatency: 0.22,
  liveSyncTargetLatency: 0.15,
  liveSyncPlaybackRate: 1.1,
  liveBufferLatencyChasing: true,
  liveBufferLatencyMaxLatency: 0.8,
  liveBufferLatencyMinRemain: 0.2,
};

/** A player that fails is begun again; more failures in a minute are too many. */
const MAX_ERRORS = 3;
/** A jump leaves so much ahead. */
const REMAIN_S = 0.2;
/** Begun with more ahead, it jumps: at a tenth faster it would take seconds to come close. */
const JUMP_BEYOND_S = 0.35;
/** A jump is a start again: one that ends where it began does not lead to the next. */
const JUMP_AGAIN_MS = 2000;

/** mpegts.js and Media Source Extensions: everywhere where there is no WebCodecs, or no secure context. */
export class MsePlayer implements Player {
  readonly #stage: Stage;
  readonly #events: PlayerEvents;
  readonly #errors = new Failures(MAX_ERRORS, 60_000);
  readonly #listening = new AbortController();
  #player: mpegts.Player | null = null;
  #source = new TagSource();
  #sound: Sound = { isMuted: true, volume: 1 };
  /** The stream's time at the video's 0: of the first frame of either track. */
  #originMs: number | null = null;
  #jumpedMs = Number.NEGATIVE_INFINITY;

  constructor(stage: Stage, events: PlayerEvents) {
    this.#stage = stage;
    this.#events = events;
    const { video } = stage;
    const { signal } = this.#listening;
    const onPicture = () => events.onPicture(video.videoWidth, video.videoHeight);
    video.addEventListener("loadeddata", onPicture, { signal });
    video.addEventListener("resize", onPicture, { signal });
    // At the beginning, where a whole group has come at once, and after it ran dry.
    video.addEventListener("playing", () => this.#jump(), { signal });
    mpegts.LoggingControl.applyConfig({ enableAll: false });
  }

  push(event: FlvEvent, sample: Sample | null): void {
    if (event.kind === "header") this.#begin(event.tracks);
    if (sample?.kind === "metadata" || sample?.kind === "clock") return;
    if (sample?.kind === "picture" || sample?.kind === "sound") {
      this.#originMs ??= sample.timestampMs;
      // Sound runs behind its picture: what lies before the first one has no place in the video's time.
      if (sample.timestampMs < this.#originMs) return;
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
    if (!isVisible) return;
    this.#jump();
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

  #jump(): void {
    const { video } = this.#stage;
    const endS = endOf(video.buffered);
    const nowMs = performance.now();
    if (endS - video.currentTime < JUMP_BEYOND_S || nowMs - this.#jumpedMs < JUMP_AGAIN_MS) return;
    this.#jumpedMs = nowMs;
    video.currentTime = endS - REMAIN_S;
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

function endOf(ranges: TimeRanges): number {
  return ranges.length === 0 ? 0 : ranges.end(ranges.length - 1);
}
