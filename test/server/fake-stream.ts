import type { Broadcast } from "../../src/server/api/broadcast.ts";
import type { CastStatus, MediaTotals, Still } from "../../src/status.ts";
import { someStatus } from "../control/some-status.ts";

/** A stream that says what it is told to, and writes down what is done to it. */
export class FakeBroadcast implements Broadcast {
  readonly calls: string[] = [];
  current: CastStatus = { ...someStatus, name: "cam" };
  picture: Still | Error = { kind: "jpeg", bytes: Buffer.from("ffd8ffd9", "hex") };

  status(): CastStatus {
    return this.current;
  }

  totals(): MediaTotals {
    return {
      ...{ videoFrames: 300, keyFrames: 10, audioFrames: 470, videoBytes: 2_500_000, audioBytes: 160_000 },
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
}
