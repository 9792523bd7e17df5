import type { AudioConfig, VideoConfig } from "../../media/packet.ts";
import { DiskError } from "../../recordings/disk.ts";
import type { RecordingDisk } from "../../recordings/recording-disk.ts";
import type { Segment } from "../../recordings/segment.ts";
import { corrected, entryRoleOf, type Output, roleOf, type StreamInfo, type TimedPacket } from "../output.ts";
import { KeySpacing } from "./key-spacing.ts";
import { RecordHealth, type RecordState } from "./record-health.ts";
import type { RecordSettings } from "./record-settings.ts";
import { RecordedSegment } from "./recorded-segment.ts";
import { StreamSettings } from "./stream-settings.ts";
import { Unfinished } from "./unfinished.ts";
import { WallClock } from "./wall-clock.ts";

export interface RecordOutputOptions {
  readonly name: string;
  readonly program: string;
  readonly settings: RecordSettings;
  readonly disk: RecordingDisk;
  /** It has begun; has grown, about once a second; is done. */
  readonly onSegment: (segment: Segment) => void;
  /** Nothing is left of one that had begun. */
  readonly onLost?: (segment: Segment) => void;
  readonly onState: (state: RecordState) => void;
}

/** How often it is told that a segment has grown, in media time: it can be played up to there. */
const TELL_EVERY_MS = 1000;
/** Sound from before a segment's first frame comes at most so much later. */
const MAX_LATE_MS = 1000;
/** Settings that are repeated stand behind a gap, too: so much is one. */
const MIN_GAP_MS = 1000;

/**
 * Writes a stream to files, each from a key frame up to the first one at or after a multiple of the wall clock. When the disk
 * fails, it pauses, and tries again at a key frame; meanwhile packets are left out.
 */
export class RecordOutput implements Output {
  readonly name = "record";
  readonly #options: RecordOutputOptions;
  readonly #clock: WallClock;
  readonly #health: RecordHealth;
  readonly #settings = new StreamSettings();
  readonly #keys = new KeySpacing();
  readonly #unfinished: Unfinished;
  readonly #onLost: (segment: Segment) => void = (segment) => this.#options.onLost?.(segment);
  #stream: StreamInfo | null = null;
  #current: RecordedSegment | null = null;
  /** The one before it, which still gets the sound that belongs to it. */
  #closing: RecordedSegment | null = null;
  /** Why the next key frame begins another segment, whatever the time is. */
  #cutDue: "changed" | "gap" | null = null;
  #videoMs = 0;
  #toldMs = 0;
  #syncedMs = 0;
  /** Has been asked whether it gets to the disk. */
  #proving: RecordedSegment | null = null;
  readonly #work = new Set<Promise<void>>();

  constructor(options: RecordOutputOptions) {
    this.#options = options;
    this.#clock = new WallClock(options.settings.segmentMs, options.settings.timeZone);
    this.#health = new RecordHealth(options.onState);
    const { disk, settings, onSegment } = options;
    this.#unfinished = new Unfinished({ disk, folder: settings.folder, onSegment, onLost: this.#onLost });
  }

  /** Until `resume`, for a reason other than that writing has failed: too little space is left. */
  pause(reason: DiskError): void {
    this.#finishAll();
    this.#health.hold(reason);
  }

  /** Goes on at the next key frame. */
  resume(): void {
    this.#health.release();
  }

  begin(stream: StreamInfo): void {
    this.#finishAll();
    this.#stream = { ...stream, encoderName: this.#options.program };
    this.#settings.clear();
    this.#clock.restart();
  }

  correct(rates: StreamInfo["rates"]): void {
    this.#stream = corrected(this.#stream, rates);
  }

  ready(): void {
    // the first key frame says the same
  }

  write(packets: readonly TimedPacket[]): void | Promise<void> {
    for (const timed of packets) this.#take(timed);
    void this.#closing?.flush(); // the current one waits for the same
    const current = this.#current;
    const sent = current?.flush();
    if (current !== null && !this.#health.isRecording && this.#proving !== current) this.#prove(current);
    return sent;
  }

  startEpoch(): void {
    this.#finishAll();
    this.#clock.restart();
  }

  async end(): Promise<void> {
    this.#finishAll();
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  #take(timed: TimedPacket): void {
    const { packet, timestampMs } = timed;
    const stream = this.#stream;
    if (stream === null) return;
    if (packet.kind === "video-config" || packet.kind === "audio-config")
      return this.#configure(timed, packet);
    const captureMs = this.#clock.captureMs(timed);
    if (roleOf(packet) === entryRoleOf(stream.tracks)) this.#enter(stream, timestampMs, captureMs);
    if (packet.kind === "video-frame") this.#videoMs = timestampMs;
    this.#place(timed);
  }

  #configure(timed: TimedPacket, config: VideoConfig | AudioConfig): void {
    const isChanged = this.#settings.note(timed, config);
    const isVideo = config.kind === "video-config";
    if (isChanged) this.#cutDue ??= "changed";
    if (isVideo && timed.timestampMs - this.#videoMs > MIN_GAP_MS) this.#cutDue = "gap";
    // Sound does not wait for a key frame.
    if (isChanged && !isVideo) this.#current?.push(timed);
  }

  /** A frame with which a segment can begin. */
  #enter(stream: StreamInfo, timestampMs: number, captureMs: number): void {
    const current = this.#current;
    if (stream.tracks.video) this.#keys.note(timestampMs);
    const isOver =
      current === null ||
      this.#cutDue !== null ||
      this.#clock.isOver(current.startMs, timestampMs - current.baseMs, captureMs);
    if (!isOver) return this.#sync(current, timestampMs);
    if (!this.#settings.areWhole(stream.tracks)) return;
    this.#leave(timestampMs);
    if (this.#health.isOpen) this.#open(stream, timestampMs, captureMs);
  }

  #leave(timestampMs: number): void {
    const isGap = this.#cutDue === "gap";
    this.#cutDue = null;
    this.#finishClosing(null);
    this.#closing = this.#current;
    this.#current = null;
    if (isGap) this.#finishClosing(null);
    this.#toldMs = this.#syncedMs = timestampMs;
  }

  #open(stream: StreamInfo, baseMs: number, startMs: number): void {
    const { disk, settings, name } = this.#options;
    try {
      const writer = disk.begin({ name, ...settings }, startMs);
      const maxKeyFrames = this.#keys.expectedIn(settings.segmentMs);
      const options = { stream, settings: this.#settings.all, writer, baseMs, startMs, maxKeyFrames };
      this.#follow((this.#current = new RecordedSegment(options)));
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#health.fail(error);
    }
  }

  #follow(segment: RecordedSegment): void {
    segment.writer.onFailed((error, finished) => {
      if (finished !== null) this.#options.onSegment(segment.done(finished));
      else this.#unfinished.add(segment);
      if (segment !== this.#current) return;
      this.#current = null;
      this.#finishClosing(null);
      this.#health.fail(error);
    });
    this.#track(segment.begun().then(() => this.#tellOf(segment)));
  }

  /** Whether it gets to the disk is known when that has said so. */
  #prove(segment: RecordedSegment): void {
    this.#proving = segment;
    this.#track(this.#proved(segment));
  }

  async #proved(segment: RecordedSegment): Promise<void> {
    if (!(await segment.writer.sync())) return;
    this.#health.succeed();
    this.#tellOf(segment);
    await this.#unfinished.repair();
  }

  /** What has not got to the disk yet may never do so. */
  #tellOf(segment: RecordedSegment): void {
    const now = segment.now();
    if (now !== null && segment === this.#current && this.#health.isRecording) this.#options.onSegment(now);
  }

  #sync(current: RecordedSegment, timestampMs: number): void {
    if (timestampMs - this.#syncedMs < this.#options.settings.syncMs) return;
    this.#syncedMs = timestampMs;
    this.#track(current.writer.sync().then(() => undefined));
  }

  /** To the segment that its time is in. */
  #place(timed: TimedPacket): void {
    const [current, closing] = [this.#current, this.#closing];
    const isSound = timed.packet.kind === "audio-frame";
    const isLate = current !== null && timed.timestampMs < current.baseMs;
    if (isLate && isSound) closing?.push(timed);
    if (current === null || isLate) return;
    current.push(timed);
    if (closing !== null && (isSound || timed.timestampMs - current.baseMs > MAX_LATE_MS))
      this.#finishClosing(current.baseMs - closing.baseMs);
    if (timed.timestampMs - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = timed.timestampMs;
    this.#tellOf(current);
  }

  #finishAll(): void {
    this.#finishClosing(this.#current === null ? null : this.#current.baseMs - (this.#closing?.baseMs ?? 0));
    this.#closing = this.#current;
    this.#current = null;
    this.#finishClosing(null);
    this.#keys.restart();
    this.#videoMs = 0;
  }

  /** @param durationMs where what follows says it */
  #finishClosing(durationMs: number | null): void {
    const segment = this.#closing;
    this.#closing = null;
    if (segment === null || segment.writer.failure !== null) return;
    void segment.flush(true); // `finish` is sent behind it
    this.#track(this.#finished(segment, durationMs));
  }

  async #finished(segment: RecordedSegment, durationMs: number | null): Promise<void> {
    const finished = await segment.writer.finish(durationMs);
    const now = segment.now();
    if (finished !== null) this.#options.onSegment(segment.done(finished));
    else if (now !== null && segment.writer.failure === null) this.#onLost(now);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }
}
