import type { StreamRecordings } from "../../src/recordings/segment.ts";
import type { Clip, MediaTotals, Standby, Still, StreamHandle, StreamStatus } from "../../src/stream.ts";
import { someStatus } from "../control/some-status.ts";

/** A stream that says what it is told to, and writes down what is done to it. */
export class FakeStream implements StreamHandle {
  readonly calls: string[] = [];
  current: StreamStatus = { ...someStatus, name: "cam" };
  standby: Standby | null = null;
  picture: Still | Error = { kind: "jpeg", bytes: Buffer.from("ffd8ffd9", "hex"), takenMs: 7 };

  recordings: StreamRecordings | null = null;
  clipped: Clip = { kind: "none" };

  get name(): string {
    return this.current.name;
  }

  status(): StreamStatus {
    return this.current;
  }

  totals(): MediaTotals {
    return {
      ...{ videoFrames: 300, keyFrames: 10, audioFrames: 470, videoBytes: 2_500_000, audioBytes: 160_000 },
      ...{ damagedUnits: { video: 3, audio: 1 }, ignoredUnits: { video: 40, audio: 0 } },
      keyIntervalMs: 1000,
    };
  }

  async still(): Promise<Still> {
    if (this.picture instanceof Error) throw this.picture;
    return this.picture;
  }

  async restart(): Promise<void> {
    this.calls.push("restart");
  }

  clip(lastMs: number): Clip {
    this.calls.push(`clip ${lastMs}`);
    return this.clipped;
  }

  publishAt() {
    return null;
  }

  withToken(url: string): string {
    return url;
  }

  async stop(): Promise<void> {
    this.calls.push("stop");
  }
}
