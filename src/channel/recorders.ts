import type { Output } from "../outputs/output.ts";
import { RecordOutput, type RecordOutputOptions } from "../outputs/record/record-output.ts";
import type { KeepFree } from "../outputs/record/record-settings.ts";
import type { ClipFile } from "../recordings/clip.ts";
import { type ClipPlace, saveClip } from "../recordings/clip-saver.ts";
import type { DiskError } from "../recordings/disk.ts";
import { RecordingDisk } from "../recordings/recording-disk.ts";
import { RecordingStore } from "../recordings/recording-store.ts";
import { version } from "../version.ts";

export interface Recorders {
  readonly store: RecordingStore;
  readonly makeOutput: (options: Omit<RecordOutputOptions, "disk" | "program">) => Recorder;
  /** One at a time. See `saveClip`. */
  readonly saveClip: (clip: ClipFile, place: ClipPlace) => Promise<string>;
}

export interface Recorder extends Output {
  pause(reason: DiskError): void;
  resume(): void;
}

/** Nothing runs before the first stream is recorded. @param keepFree null: 1 GB or 5 %, whichever is larger */
export function recorders(keepFree: KeepFree | null = null): Recorders {
  const store = new RecordingStore({ openDisk: () => new RecordingDisk(), keepFree });
  let lastSaved: Promise<unknown> = Promise.resolve();
  return {
    store,
    makeOutput: (options) =>
      new RecordOutput({ ...options, disk: store.disk, program: `flvcast ${version}` }),
    saveClip: (clip, place) => {
      const saved = lastSaved.then(() => saveClip(clip, place, store.disk));
      lastSaved = saved.catch(() => undefined); // the caller hears of a failure; the next clip is saved all the same
      return saved;
    },
  };
}
