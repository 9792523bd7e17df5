import { UserError } from "../errors.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import { clipFile } from "../outputs/history/clip-file.ts";
import { History, MAX_HISTORY_BYTES } from "../outputs/history/history.ts";
import { DiskError } from "../recordings/disk.ts";
import type { HistorySettings } from "../settings/settings.ts";
import type { Clip } from "../stream.ts";
import type { Recorders } from "./recorders.ts";

export interface ClipsOptions {
  readonly name: string;
  /** @throws UserError where there is no ffmpeg */
  readonly ffmpeg: () => Promise<Pick<FfmpegBinary, "path">>;
  readonly recorders: Pick<Recorders, "saveClip">;
  readonly onNotice: (event: LogEvent) => void;
}

/** The last seconds of a stream: for those who ask for them, and as a file. */
export class Clips {
  readonly history: History;
  readonly #options: ClipsOptions;
  #settings: HistorySettings | null;
  readonly #closed = new AbortController();
  #saving: Promise<void> | null = null;

  constructor(settings: HistorySettings | null, options: ClipsOptions) {
    this.#options = options;
    this.history = new History({ onShort: (keptMs) => options.onNotice(this.#short(keptMs)) });
    this.#settings = settings;
    this.history.setLength(settings?.lengthMs ?? 0);
  }

  /** From now on this holds; what is kept stays, as far as it may. */
  set(settings: HistorySettings | null): void {
    this.#settings = settings;
    this.history.setLength(settings?.lengthMs ?? 0);
  }

  clip(lastMs: number): Clip {
    if (this.#settings === null) return { kind: "none" };
    const kept = this.history.last(lastMs);
    return kept === null ? { kind: "not-yet" } : { kind: "flv", file: clipFile(kept, Date.now()) };
  }

  /** Saves all that is kept by now; how it went is logged. While one is being saved, there is no other. */
  save(): void {
    if (this.#closed.signal.aborted) return;
    this.#saving ??= this.#save().finally(() => (this.#saving = null));
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#saving;
  }

  async #save(): Promise<void> {
    const { name, onNotice, recorders } = this.#options;
    const [clip, nowMs] = [this.clip(Number.POSITIVE_INFINITY), Date.now()];
    try {
      if (this.#settings === null || clip.kind === "none")
        throw new UserError("usage", "nothing is kept of the stream; start it with --history");
      if (clip.kind === "not-yet") throw new UserError("notReady", "no key frame has come yet");
      const { clipFolder: folder } = this.#settings;
      const ffmpegPath = await this.#ffmpegPath();
      const place = { name, folder, nowMs, ffmpegPath, signal: this.#closed.signal };
      const file = await recorders.saveClip(clip.file, place);
      const { durationMs } = clip.file;
      const text = `saved the last ${(durationMs / 1000).toFixed(1)} s to ${file}`;
      onNotice(notice("clip-saved", text, { name, file, durationMs }));
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      if (!(error instanceof UserError || error instanceof DiskError)) throw error;
      const { message: why } = error;
      onNotice(warning("clip-failed", `cannot save a clip: ${why}`, { name, why }));
    }
  }

  /** null where there is none, and none is needed for the stream. */
  async #ffmpegPath(): Promise<string | null> {
    try {
      return (await this.#options.ffmpeg()).path;
    } catch (error) {
      if (error instanceof UserError && error.reason === "noFfmpeg") return null;
      throw error;
    }
  }

  #short(keptMs: number): LogEvent {
    const wantedMs = this.history.lengthMs;
    const [kept, wanted] = [keptMs, wantedMs].map((ms) => `${Math.floor(ms / 1000)} s`);
    const text = `only the last ${kept} fit into ${MAX_HISTORY_BYTES / 1e6} MB, not ${wanted} (--history)`;
    return warning("history-short", text, { name: this.#options.name, keptMs, wantedMs });
  }
}
