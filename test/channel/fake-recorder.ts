import type { Recorder, Recorders } from "../../src/channel/recorders.ts";
import type { RecordSettings } from "../../src/outputs/record/record-settings.ts";
import type { DiskError } from "../../src/recordings/disk.ts";
import { RecordingStore } from "../../src/recordings/recording-store.ts";
import type { Segment } from "../../src/recordings/segment.ts";
import { RecordingOutput } from "../outputs/recording-output.ts";
import { FakeDisk } from "../recordings/fake-disk.ts";
import { segmentAt } from "../recordings/some-segments.ts";

type Options = Parameters<Recorders["makeOutput"]>[0];

/** Writes nothing, and says of it what it is told to. */
export class FakeRecorder extends RecordingOutput implements Recorder {
  readonly options: Options;
  /** What it was told of the disk. */
  readonly told: string[] = [];

  constructor(options: Options) {
    super();
    this.options = options;
  }

  pause({ message }: DiskError): void {
    this.told.push(`pause: ${message}`);
  }

  resume(): void {
    this.told.push("resume");
  }

  /** A segment begins, or is done. */
  segment(minute: number, more: Partial<Segment> = {}): void {
    if (more.state === "recording") this.options.onState("recording");
    this.options.onSegment(segmentAt(minute, more));
  }
}

const saveClip = () => Promise.reject(new Error("no clips are saved here"));

/** Recorders on a fake disk. */
export function fakeRecorders() {
  const disk = new FakeDisk();
  const made: FakeRecorder[] = [];
  const store = new RecordingStore({
    openDisk: () => disk,
    keepFree: { bytes: 1_000_000 },
  });
  const makeOutput = (options: Options) => {
    const recorder = new FakeRecorder(options);
    made.push(recorder);
    return recorder;
  };
  return { disk, made, recorders: { store, makeOutput, saveClip } satisfies Recorders };
}

export const someRecord: RecordSettings = {
  ...{ folder: "/rec", path: "%name/%Y-%m-%d/%H-%M-%S", timeZone: "utc", segmentMs: 60_000, syncMs: 5000 },
  ...{ keepMs: null, maxBytes: null, when: "always" },
};
