import { isDeepStrictEqual } from "node:util";
import type { LogEvent } from "../log.ts";
import type { Demand } from "../outputs/demand.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import type { Output } from "../outputs/output.ts";
import type { RecordSettings } from "../outputs/record/record-settings.ts";
import type { Catalog } from "../recordings/catalog.ts";
import { DiskError } from "../recordings/disk.ts";
import type { LowDisk } from "../recordings/retention-runner.ts";
import type { Segment } from "../recordings/segment.ts";
import type { StreamStatus } from "../stream.ts";
import type { Recorder, Recorders } from "./recorders.ts";
import { lowDiskText, recordingPaused, recordingStarted, segmentDone } from "./recording-events.ts";
import { RecordingSchedule } from "./recording-schedule.ts";

export interface RecordingOptions {
  readonly name: string;
  readonly outputs: Pick<FanOut, "add" | "remove" | "lagOf">;
  readonly watching: Demand;
  readonly demand: Demand;
  readonly recorders: Recorders;
  readonly onNotice: (event: LogEvent) => void;
}

type Status = NonNullable<StreamStatus["recording"]>;

/** Between two segments, it is recording still. */
const SETTLE_MS = 3000;
/** A recorder that failed, or a folder that could not be read, is tried again after so long. */
const RETRY_MS = 10_000;

/** A stream's recording: whether it runs, what is told of it, and what there is of it. */
export class Recording {
  readonly #options: RecordingOptions;
  readonly #schedule: RecordingSchedule;
  #settings: RecordSettings | null;
  #isStarted = false;
  #output: Recorder | null = null;
  /** Being written, the newest last. */
  readonly #inWork = new Map<string, Segment>();
  /** Why nothing is written though it should be. */
  #trouble: string | null = null;
  #lastError: string | null = null;
  #isHeld = false;
  #isPauseTold = false;
  #state: Status["state"] = "waiting";
  #sinceMs = Date.now();
  /** Of outputs that are over. */
  #pastSkips = 0;
  #retry: NodeJS.Timeout | undefined;
  #forget: (() => void) | null = null;

  constructor(settings: RecordSettings | null, options: RecordingOptions) {
    this.#settings = settings;
    this.#options = options;
    const { watching, demand } = options;
    this.#schedule = new RecordingSchedule({ watching, demand, onChange: () => this.#apply() });
  }

  get catalog(): Catalog | null {
    const { name, recorders } = this.#options;
    return this.#settings && recorders.store.catalogOf({ name, ...this.#settings });
  }

  get status(): Status | null {
    const [settings, catalog, output] = [this.#settings, this.catalog, this.#output];
    if (settings === null || catalog === null) return null;
    const { lagMs = 0, skips = 0 } = (output && this.#options.outputs.lagOf(output)) ?? {};
    const { store } = this.#options.recorders;
    return {
      ...{ state: this.#state, sinceMs: this.#sinceMs, folder: settings.folder },
      segment: [...this.#inWork.keys()].at(-1) ?? null,
      ...{ lagMs: Math.round(lagMs), skips: this.#pastSkips + skips },
      ...{ bytes: catalog.bytes, segments: catalog.size },
      freeBytes: this.#isStarted ? (store.retention.spaceOf(settings.folder)?.freeBytes ?? null) : null,
      lastError: this.#trouble ?? this.#lastError,
    };
  }

  start(): void {
    this.#isStarted = true;
    if (this.#settings !== null) this.#begin(this.#settings);
  }

  /** From now on this holds; what is written goes on where it is the same. */
  set(settings: RecordSettings | null): void {
    const before = this.#settings;
    this.#settings = settings;
    if (!this.#isStarted || isDeepStrictEqual(before, settings)) return;
    const isSameFile =
      before !== null && settings !== null && isDeepStrictEqual(written(before), written(settings));
    if (!isSameFile) {
      this.#end();
      this.#forget?.();
      this.#trouble = null;
    }
    if (settings === null) this.#schedule.set(null);
    else if (isSameFile) this.#schedule.set(settings);
    else this.#begin(settings);
  }

  /** An output has failed, which may be this one: a bug of ours, and no reason to record no more. */
  failed(output: Output, error: unknown): void {
    if (output !== this.#output) return;
    this.#output = null;
    this.#isHeld = false;
    this.#pause(String(error));
    this.#tryLater();
  }

  close(): void {
    this.#isStarted = false; // what ends all outputs ends ours, too
    clearTimeout(this.#retry);
    this.#schedule.end();
  }

  #begin(settings: RecordSettings): void {
    const { name, recorders } = this.#options;
    const catalog = recorders.store.catalogOf({ name, ...settings });
    this.#forget = recorders.store.retention.add({
      catalog,
      limits: () => this.#settings ?? settings,
      hold: (low) => this.#hold(low),
    });
    void this.#fill(settings);
    this.#schedule.set(settings);
    this.#apply();
  }

  async #fill(settings: RecordSettings): Promise<void> {
    const { name, recorders } = this.#options;
    const beganMs = Date.now();
    try {
      const found = await recorders.store.scan({ name, ...settings });
      const repaired = found.filter(({ state, modifiedMs }) => state === "repaired" && modifiedMs >= beganMs);
      for (const segment of repaired) this.#tellDone(segment);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#lastError = error.message; // who writes says what is wrong
      this.#tryLater();
    }
  }

  /** Whatever has failed: what has not is not done twice. */
  #tryLater(): void {
    clearTimeout(this.#retry);
    if (!this.#isStarted) return;
    this.#retry = setTimeout(() => {
      if (this.#settings !== null) void this.#fill(this.#settings);
      this.#apply();
    }, RETRY_MS).unref();
  }

  #apply(): void {
    const settings = this.#settings;
    if (!this.#isStarted) return;
    if (settings === null || !this.#schedule.isWanted) {
      this.#trouble = null;
      this.#end();
    } else if (this.#output === null) this.#add(settings);
    this.#settle();
  }

  #add(settings: RecordSettings): void {
    const { name, outputs, recorders } = this.#options;
    const catalog = recorders.store.catalogOf({ name, ...settings });
    const output = recorders.makeOutput({
      ...{ name, settings },
      onSegment: (segment) => this.#note(segment, catalog),
      onLost: ({ id }) => {
        catalog.forget(id);
        this.#inWork.delete(id);
      },
      onState: (state) => {
        if (output !== this.#output) return;
        if (state === "recording") this.#goOn();
        else this.#fail(state.pausedBecause);
      },
    });
    this.#output = output;
    outputs.add(output, { isCounted: false });
    this.#hold(recorders.store.retention.lowAt(settings.folder));
  }

  #end(): void {
    const output = this.#output;
    if (output === null) return;
    this.#output = null;
    this.#isHeld = false;
    this.#pastSkips += this.#options.outputs.lagOf(output)?.skips ?? 0;
    void this.#options.outputs.remove(output);
  }

  #note(segment: Segment, catalog: Catalog): void {
    const { id, state } = segment;
    const isNew = !this.#inWork.has(id);
    catalog.note(segment);
    if (state === "recording") {
      this.#inWork.set(id, segment);
      if (isNew) this.#options.recorders.store.retention.look();
    } else {
      this.#inWork.delete(id);
      this.#tellDone(segment);
      setTimeout(() => this.#settle(), SETTLE_MS).unref();
    }
  }

  /** The disk is too full, or is not any more. */
  #hold(low: LowDisk | null): void {
    if ((low !== null) === this.#isHeld || this.#output === null || !this.#isStarted) return;
    this.#isHeld = low !== null;
    if (low !== null) {
      const failure = new DiskError("ENOSPC", `${lowDiskText(low)}, and nothing may be deleted`);
      this.#output.pause(failure);
      this.#fail(failure);
    } else {
      this.#trouble = null;
      this.#output.resume();
      this.#settle();
    }
  }

  #fail({ message, code }: DiskError): void {
    if (this.#trouble === message) return;
    this.#pause(message);
    if (code === "ENOSPC" && !this.#isHeld) this.#options.recorders.store.retention.look();
  }

  #pause(why: string): void {
    const { name, onNotice } = this.#options;
    this.#trouble = this.#lastError = why;
    this.#enter("paused");
    this.#isPauseTold = true;
    onNotice(recordingPaused(name, why));
  }

  #goOn(): void {
    const { name, onNotice } = this.#options;
    this.#trouble = null;
    if (this.#state === "recording") return;
    this.#enter("recording");
    const isResumed = this.#isPauseTold;
    this.#isPauseTold = false;
    onNotice(recordingStarted(name, this.#settings?.folder ?? "", isResumed));
  }

  /** Nothing new has come of it for a moment. */
  #settle(): void {
    if (this.#trouble !== null || this.#inWork.size > 0) return;
    const isOff = !this.#schedule.isWanted && typeof this.#settings?.when === "object";
    this.#enter(isOff ? "off-hours" : "waiting");
  }

  #enter(state: Status["state"]): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#sinceMs = Date.now();
  }

  #tellDone(segment: Segment): void {
    const event = segmentDone(this.#options.name, segment);
    if (event !== null) this.#options.onNotice(event);
  }
}

/** What decides where and how files are written. */
function written({ folder, path, timeZone, segmentMs, syncMs }: RecordSettings) {
  return { folder, path, timeZone, segmentMs, syncMs };
}
