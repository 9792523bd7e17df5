import mpegts from "mpegts.js";
import type { FlvEvent } from "../media/flv/demuxer.ts";
import { LiveEdge, type Position } from "./live-edge.ts";
import { Failures, type Player, type PlayerEvents, type PlayerStats, type Surface } from "./player.ts";
import type { Sample } from "./sample.ts";
import type { Sound } from "./storage.ts";
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
  readonly #surface: Surface;
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

  constructor(surface: Surface, events: PlayerEvents) {
    this.#surface = surface;
    this.#events = events;
    const { video } = surface;
    const { signal } = this.#listening;
    const onVideoSize = () => events.onVideoSize();
    video.addEventListener("loadeddata", onVideoSize, { signal });
    video.addEventListener("resize", onVideoSize, { signal });
    // At the beginning, where a whole group has come at once, and after it ran dry.
    video.addEventListener("playing", () => this.#jump(true), { signal });
    video.addEventListener("waiting", () => this.#reset(), { signal });
    mpegts.LoggingControl.applyConfig({ enableAll: false });
  }

  push(event: FlvEvent, sample: Sample | null): void {
    if (event.kind === "header") this.#begin(event.tracks);
    if (sample?.kind === "metadata" || sample?.kind === "clock") return;
    if (sample?.kind === "video-frame" || sample?.kind === "audio-frame") {
      const decodeTimeMs = sample.kind === "video-frame" ? sample.decodeTimeMs : sample.presentationTimeMs;
      this.#originMs ??= decodeTimeMs;
      // Sound runs behind its picture: what lies before the first one has no place in the video's time.
      if (decodeTimeMs < this.#originMs) return;
    }
    this.#source.push(event);
  }

  setSound(sound: Sound): void {
    this.#sound = sound;
    this.#surface.video.muted = sound.isMuted;
    this.#surface.video.volume = sound.volume;
    if (this.#player !== null) this.#play();
  }

  /** Browsers stop a hidden, muted video: it is taken on to where the stream is by now. */
  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (!isVisible) return;
    this.#jump(true);
    this.#play();
  }

  stats(): PlayerStats {
    const { video } = this.#surface;
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
    return {
      player: "mse",
      shownMs: this.#originMs === null || video.paused ? null : this.#originMs + video.currentTime * 1000,
      shownFrames: totalVideoFrames - droppedVideoFrames,
      droppedFrames: droppedVideoFrames,
      bufferMs: Math.max(0, (endOf(video.buffered) - video.currentTime) * 1000),
    };
  }

  currentFrame(): CanvasImageSource | null {
    return this.#surface.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA ? null : this.#surface.video;
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
    player.attachMediaElement(this.#surface.video);
    this.setSound(this.#sound);
    player.load();
    this.#play();
  }

  /** The timers of a hidden page come too seldom to play faster by. */
  #keepToEdge(): void {
    const { video } = this.#surface;
    if (!isPlaying(video)) return this.#playAtNormalRate();
    if (this.#jump(false)) return;
    if (this.#isVisible) video.playbackRate = this.#edge.rate(performance.now(), this.#position());
    else this.#playAtNormalRate();
  }

  #playAtNormalRate(): void {
    this.#edge.reset();
    this.#surface.video.playbackRate = 1;
  }

  #jump(isStart: boolean): boolean {
    const toS = this.#edge.jump(performance.now(), this.#position(), isStart);
    if (toS !== null) this.#surface.video.currentTime = toS;
    return toS !== null;
  }

  /** Where it starts, or goes elsewhere, it has to wait: it has not run dry. */
  #reset(): void {
    const { video } = this.#surface;
    if (video.seeking || video.currentTime === 0) this.#edge.reset();
    else this.#edge.underran();
  }

  #position(): Position {
    const { video } = this.#surface;
    return { playedS: video.currentTime, endS: endOf(video.buffered) };
  }

  #play(): void {
    const { video } = this.#surface;
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
    this.#events.onFailure(this.#errors.add(performance.now()) ? "decoder" : "stalled");
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
