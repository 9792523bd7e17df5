import { type LogEvent, warning } from "../log.ts";
import type { Output } from "../outputs/output.ts";
import { RecordOutput, type RecordOutputOptions } from "../outputs/record/record-output.ts";
import type { KeepFree } from "../outputs/record/record-settings.ts";
import type { ClipFile } from "../recordings/clip.ts";
import { type ClipPlace, saveClip } from "../recordings/clip-saver.ts";
import type { DiskError } from "../recordings/disk.ts";
import { RecordingDisk } from "../recordings/recording-disk.ts";
import { RecordingStore } from "../recordings/recording-store.ts";
import type { LowDisk } from "../recordings/retention-runner.ts";
import { byteText } from "../system/byte-text.ts";
import { version } from "../version.ts";

/** What the recordings of all channels share. */
export interface Recorders {
  readonly store: RecordingStore;
  readonly makeOutput: (options: Omit<RecordOutputOptions, "disk" | "program">) => Recorder;
  /** One at a time. See `saveClip`. */
  readonly saveClip: (clip: ClipFile, place: ClipPlace) => Promise<string>;
}

/** What writes a stream to its files. */
export interface Recorder extends Output {
  pause(reason: DiskError): void;
  resume(): void;
}

export interface RecordersOptions {
  /** null: 1 GB or 5 %, whichever is larger. */
  readonly keepFree?: KeepFree | null;
  readonly onLow?: (low: LowDisk) => void;
}

/** Nothing runs before the first stream is recorded. */
export function recorders({ keepFree = null, onLow = () => undefined }: RecordersOptions = {}): Recorders {
  let opened: RecordingDisk | null = null;
  const disk = () => (opened ??= new RecordingDisk());
  const store = new RecordingStore({ openDisk: disk, keepFree, onLow });
  let lastSaved: Promise<unknown> = Promise.resolve();
  return {
    store,
    makeOutput: (options) => new RecordOutput({ ...options, disk: disk(), program: `flvcast ${version}` }),
    saveClip: (clip, place) => {
      const saved = lastSaved.then(() => saveClip(clip, place, store.disk as RecordingDisk)); // as `openDisk` makes it
      lastSaved = saved.catch(() => undefined); // the caller hears of a failure; the next clip is saved all the same
      return saved;
    },
  };
}

export function diskLow(low: LowDisk): LogEvent {
  const { folder, freeBytes, wantedBytes } = low;
  const text = `${lowDiskText(low)}, and nothing may be deleted: recording is paused`;
  return warning("disk-low", text, { folder, freeBytes, wantedBytes });
}

export function lowDiskText({ folder, freeBytes, wantedBytes }: LowDisk): string {
  return `only ${byteText(freeBytes)} free at ${folder}, less than ${byteText(wantedBytes)} (--record-keep-free)`;
}
