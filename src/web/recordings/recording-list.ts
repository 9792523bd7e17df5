import { every } from "../interval.ts";
import { RetryDelay } from "../retry-delay.ts";
import { type Day, dayOf, daysOf } from "./days.ts";
import type { RecordingsAnswer, RecordingsApi } from "./recordings-api.ts";
import { endOf, type RecordedSegment } from "./segments.ts";

const POLL_MS = 5000;
/** A segment that begins in one day and ends in the next is in both; and so is the first one of the next day, which is played on to. */
const MARGIN_MS = 3_600_000;
const DAYS_FRESH_MS = 60_000;

/** What is recorded on the day that is shown, and which days have something. */
export class RecordingList {
  readonly #api: RecordingsApi;
  readonly #onChange: () => void;
  readonly #retry = new RetryDelay();
  readonly #nowMs: () => number;
  #day: Day;
  #answer: RecordingsAnswer | null = null;
  #segments: readonly RecordedSegment[] = [];
  #isRecording = false;
  #answeredMs = 0;
  #days: readonly string[] | null = null;
  #daysMs = Number.NEGATIVE_INFINITY;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param nowMs the server's clock */
  constructor(api: RecordingsApi, day: Day, nowMs: () => number, onChange: () => void) {
    this.#api = api;
    this.#day = day;
    this.#nowMs = nowMs;
    this.#onChange = onChange;
  }

  get day(): Day {
    return this.#day;
  }

  /** Asks at once for what another day has. */
  set day(day: Day) {
    if (day.key === this.#day.key) return;
    this.#day = day;
    this.#answer = null;
    void this.refresh();
  }

  get answer(): RecordingsAnswer | null {
    return this.#answer;
  }

  /** In the order of their time; the one that is being written is as long as it will be by now. */
  get segments(): readonly RecordedSegment[] {
    const last = this.#segments.at(-1);
    if (!this.isGrowing || last === undefined) return this.#segments;
    const grownMs = Math.min(performance.now() - this.#answeredMs, 2 * POLL_MS);
    return [...this.#segments.slice(0, -1), { ...last, durationMs: last.durationMs + grownMs }];
  }

  /** As the server has told of them: of the one that is being written, so much can be played. */
  get listed(): readonly RecordedSegment[] {
    return this.#segments;
  }

  /** Whether the last one is being written. */
  get isGrowing(): boolean {
    return this.#isRecording && this.#segments.at(-1)?.state === "recording";
  }

  get isToday(): boolean {
    return dayOf(this.#nowMs()).key === this.#day.key;
  }

  /** Null as long as they are not known. */
  get days(): readonly string[] | null {
    return this.#days;
  }

  /** Asks now, every few seconds while the day is today and the page is seen, and again after a failure. */
  start(signal: AbortSignal): void {
    const poll = () => {
      if (document.visibilityState === "visible" && this.isToday) void this.refresh();
    };
    every(POLL_MS, signal, poll);
    document.addEventListener("visibilitychange", poll, { signal });
    globalThis.addEventListener("online", () => void this.refresh(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#retryTimer));
    void this.refresh();
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const day = this.#day;
    const span = { startMs: day.startMs - MARGIN_MS, endMs: day.endMs + MARGIN_MS };
    const answer = await this.#api.list(span);
    if (day !== this.#day) return; // another one is wanted by now
    this.#answer = answer;
    if (answer.kind === "recordings") this.#take(answer.segments, answer.isRecording);
    else if (mayPass(answer)) this.#retryTimer = setTimeout(() => void this.refresh(), this.#retry.after(0));
    this.#onChange();
    if (answer.kind === "recordings" && this.#days === null) await this.refreshDays();
  }

  /** Asks for all there is, as the days of it are in the viewer's time zone. */
  async refreshDays(): Promise<void> {
    if (performance.now() - this.#daysMs < DAYS_FRESH_MS) return;
    this.#daysMs = performance.now();
    const answer = await this.#api.list(null);
    if (answer.kind === "recordings") this.#days = daysOf(answer.segments);
    else this.#daysMs = Number.NEGATIVE_INFINITY; // the day that is shown says why
    this.#onChange();
  }

  /** It is not there any more. */
  drop({ id }: RecordedSegment): void {
    this.#segments = this.#segments.filter((segment) => segment.id !== id);
  }

  #take(segments: readonly RecordedSegment[], isRecording: boolean): void {
    this.#retry.reset();
    this.#answeredMs = performance.now();
    this.#segments = segments;
    this.#isRecording = isRecording;
    const { key, startMs, endMs } = this.#day;
    const hasSome = segments.some((segment) => segment.startMs < endMs && endOf(segment) > startMs);
    if (this.#days !== null && hasSome !== this.#days.includes(key))
      this.#days = hasSome ? [...this.#days, key].toSorted() : this.#days.filter((one) => one !== key);
  }
}

/** The server may come back, and so may its disk; a token has to be given. */
function mayPass(answer: RecordingsAnswer): boolean {
  return answer.kind === "unreachable" || (answer.kind === "refused" && answer.status >= 500);
}
