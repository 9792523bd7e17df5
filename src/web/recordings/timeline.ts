import type { Sound } from "../storage.ts";
import { edge } from "../words.ts";
import { dayOf, dayOfKey, neighbor } from "./days.ts";
import { movedBy, type Part, partFor } from "./playing-order.ts";
import { RecordingList } from "./recording-list.ts";
import { RecordingPlayer } from "./recording-player.ts";
import type { RecordingsApi } from "./recordings-api.ts";
import { Recovery } from "./recovery.ts";
import { endOf, type RecordedSegment } from "./segments.ts";
import { lengthText } from "./times.ts";
import type { Toast } from "./toast.ts";

/** Where the latest recording is shown from, before its end. */
const LATEST_MS = 60_000;

/** Where to go once it is known what a day has. */
type Destination =
  | { readonly kind: "moment"; readonly ms: number }
  | { readonly kind: "first" }
  | { readonly kind: "latest" };

export interface TimelineOptions {
  readonly api: RecordingsApi;
  readonly name: string;
  readonly toast: Toast;
  /** Where to begin; null: at the latest there is. */
  readonly atMs: number | null;
  readonly nowMs: () => number;
  readonly onChange: () => void;
  readonly onPlayRefused: () => void;
}

/** Moves about in what is recorded: the list of a day and the player, kept together. */
export class Timeline {
  readonly list: RecordingList;
  readonly player: RecordingPlayer;
  readonly recovery: Recovery;
  readonly #options: TimelineOptions;
  #destination: Destination | null;
  #wasAtEnd = false;
  #soughtMs: number | null = null;

  constructor(options: TimelineOptions) {
    const { api, atMs, nowMs } = options;
    this.#options = options;
    this.#destination = atMs === null ? { kind: "latest" } : { kind: "moment", ms: atMs };
    this.list = new RecordingList(api, dayOf(atMs ?? nowMs()), nowMs, () => this.#listChanged());
    this.player = this.#makePlayer();
    this.recovery = new Recovery({
      probe: (segment) => api.probe(this.#urlOf(segment, partFor(segment, segment.durationMs))),
      isShown: ({ id }) => this.player.segment?.id === id,
      retry: () => this.player.retry(),
      onGone: (segment) => this.#skipDeleted(segment),
      onChange: options.onChange,
    });
  }

  /** With its first frame as soon as there is one. */
  start(sound: Sound, signal: AbortSignal): void {
    this.player.sound = sound;
    this.player.play();
    this.list.start(signal);
  }

  /** The moment that a link to this should lead to; null while it is not known. */
  get linkedMs(): number | null {
    if (this.#destination !== null) return null;
    return this.player.isPaused ? this.player.atMs : this.#soughtMs;
  }

  /** The one that is played, as the list has it now. */
  get segment(): RecordedSegment | null {
    const id = this.player.segment?.id;
    return this.list.listed.find((segment) => segment.id === id) ?? null;
  }

  /** What of the list is in the day, be it in part. */
  get inDay(): readonly RecordedSegment[] {
    const { startMs, endMs } = this.list.day;
    return this.list.listed.filter((segment) => segment.startMs < endMs && endOf(segment) > startMs);
  }

  seek(ms: number): void {
    this.#soughtMs = ms;
    this.#destination = null;
    this.recovery.clear();
    this.player.seek(ms);
  }

  seekBy(ms: number): void {
    const { atMs } = this.player;
    if (atMs !== null) this.seek(movedBy(this.list.listed, atMs, ms));
  }

  seekToEnd(end: "first" | "last"): void {
    const { inDay } = this;
    const [first, last] = [inDay[0], inDay.at(-1)];
    if (first === undefined || last === undefined) return;
    const { startMs, endMs } = this.list.day;
    if (end === "first") this.seek(Math.max(first.startMs, startMs));
    else this.seek(Math.min(endOf(last), endMs) - 1000);
  }

  changeDay(direction: 1 | -1): void {
    const key = neighbor(this.list.days ?? [], this.list.day.key, direction);
    if (key !== null) this.goToDay(key);
  }

  goToDay(key: string): void {
    if (key === this.list.day.key) return;
    this.#destination = { kind: "first" };
    this.list.day = dayOfKey(key);
  }

  /** A token was given. */
  retryNow(): void {
    void this.list.refresh();
    this.recovery.retryNow();
  }

  #makePlayer(): RecordingPlayer {
    const { name, toast, onPlayRefused } = this.#options;
    return new RecordingPlayer(`Recording of ${name}`, {
      urlOf: (segment, part) => this.#urlOf(segment, part),
      segments: () => this.list.listed,
      onChange: () => this.#playerChanged(),
      onSkip: (ms) => toast.show(edge(`Skipped ${lengthText(ms)}`, "Nothing is recorded there.")),
      onFailure: (segment) => void this.recovery.failed(segment),
      onPlayRefused,
    });
  }

  #urlOf(segment: RecordedSegment, part: Part | null): URL {
    const { api } = this.#options;
    if (part === null) return api.segmentUrl(segment, "mp4");
    const { startMs } = segment;
    return api.clipUrl({ startMs: startMs + part.fromMs, endMs: startMs + part.toMs }, "mp4");
  }

  #listChanged(): void {
    this.#follow();
    this.player.goOn();
    this.#options.onChange();
  }

  /** Goes where it was to go, as soon as the list says what is there. */
  #follow(): void {
    const { answer, days, day } = this.list;
    const destination = this.#destination;
    if (destination === null || answer?.kind !== "recordings") return;
    const { inDay } = this;
    const [first, last] = [inDay[0], inDay.at(-1)];
    if (first !== undefined && last !== undefined) {
      this.#destination = null;
      const firstMs = Math.max(first.startMs, day.startMs);
      const ms = { first: firstMs, latest: Math.max(endOf(last) - LATEST_MS, firstMs) };
      this.player.seek(destination.kind === "moment" ? destination.ms : ms[destination.kind]);
    } else if (destination.kind === "latest") {
      const latest = days?.at(-1);
      if (latest !== undefined && latest !== day.key) this.list.day = dayOfKey(latest);
    } else this.#destination = null; // nothing is there, which is said
  }

  #playerChanged(): void {
    const { atMs, isAtEnd, isLoading } = this.player;
    if (!isLoading && atMs !== null) this.recovery.clear();
    // Over midnight.
    if (atMs !== null && this.#destination === null && dayOf(atMs).key !== this.list.day.key)
      this.list.day = dayOf(atMs);
    const hasEnded = isAtEnd && !this.#wasAtEnd;
    this.#wasAtEnd = isAtEnd;
    if (hasEnded) this.#goToLaterDay();
    this.#options.onChange();
  }

  /** What comes after a night without recordings is not in the list of this day. */
  #goToLaterDay(): void {
    const { toast } = this.#options;
    const later = neighbor(this.list.days ?? [], this.list.day.key, 1);
    if (later === null) return toast.show(endWords(this.list.isGrowing));
    toast.show(edge("Nothing more was recorded on this day", "Playback continues on the next one."));
    this.goToDay(later);
  }

  #skipDeleted(segment: RecordedSegment): void {
    this.list.drop(segment);
    this.#options.toast.show(edge("This part was deleted", "Playback continues after it."));
    this.player.seek(endOf(segment));
  }
}

function endWords(isGrowing: boolean) {
  return isGrowing
    ? edge("You have caught up", "Playback continues as more is recorded.")
    : edge("End of the recordings");
}
