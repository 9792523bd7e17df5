import type { Demand } from "../outputs/demand.ts";
import type { RecordSettings } from "../outputs/record/record-settings.ts";

type When = Pick<RecordSettings, "when" | "timeZone">;

export interface ScheduleOptions {
  readonly watching: Demand;
  /** Of all who want the stream: one that runs on demand runs while it is to be recorded, but for those who watch. */
  readonly demand: Demand;
  readonly onChange: () => void;
}

/** A stream that is watched goes on being recorded for so long after the last viewer, who may be reloading a page. */
const LINGER_MS = 10_000;

export class RecordingSchedule {
  readonly #options: ScheduleOptions;
  #when: When | null = null;
  #isWatched = false;
  #isWanted = false;
  #linger: NodeJS.Timeout | undefined;
  #clock: NodeJS.Timeout | undefined;
  #stopWatching: (() => void) | null = null;
  #release: (() => void) | null = null;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** From now on this holds; null: it is not recorded at all. */
  set(when: When | null): void {
    const { watching } = this.#options;
    this.#when = when;
    this.#stopWatching ??= watching.onChange(() => this.#watch());
    this.#isWatched ||= watching.count > 0;
    this.#look();
  }

  end(): void {
    this.#stopWatching?.();
    clearTimeout(this.#linger);
    this.#when = null;
    this.#look();
  }

  #watch(): void {
    clearTimeout(this.#linger);
    if (this.#options.watching.count > 0) this.#isWatched = true;
    else
      this.#linger = setTimeout(() => {
        this.#isWatched = false;
        this.#look();
      }, LINGER_MS).unref();
    this.#look();
  }

  #look(): void {
    const when = this.#when;
    const [was, is] = [this.#isWanted, when !== null && this.#isDue(when)];
    this.#isWanted = is;
    this.#claim(is && when?.when !== "watched");
    clearTimeout(this.#clock);
    if (typeof when?.when === "object")
      this.#clock = setTimeout(() => this.#look(), toNextMinuteMs(Date.now())).unref();
    if (is !== was) this.#options.onChange();
  }

  #isDue(when: When): boolean {
    return when.when === "watched" ? this.#isWatched : isWithinHours(when, Date.now());
  }

  #claim(isClaimed: boolean): void {
    if (isClaimed) this.#release ??= this.#options.demand.take();
    else {
      this.#release?.();
      this.#release = null;
    }
  }
}

const MINUTE_MS = 60_000;

/** Whether a moment is within the hours in which a stream is recorded; at any time where it has none. */
function isWithinHours({ when, timeZone }: Pick<RecordSettings, "when" | "timeZone">, atMs: number): boolean {
  if (typeof when === "string") return true;
  const at = new Date(atMs);
  const isUtc = timeZone === "utc";
  const minute = isUtc ? at.getUTCHours() * 60 + at.getUTCMinutes() : at.getHours() * 60 + at.getMinutes();
  const { fromMinute, toMinute } = when;
  return fromMinute < toMinute
    ? minute >= fromMinute && minute < toMinute
    : minute >= fromMinute || minute < toMinute;
}

/** Until the next minute, with which hours begin and end; clocks and their offsets from UTC may have been set by then. */
function toNextMinuteMs(atMs: number): number {
  return MINUTE_MS - (atMs % MINUTE_MS);
}
