import { setImmediate } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { Demand } from "../../src/outputs/demand.ts";
import { FanOut } from "../../src/outputs/fan-out.ts";
import type { Output, TimedPacket } from "../../src/outputs/output.ts";
import { RecordingOutput } from "./recording-output.ts";
import { timed } from "./timed.ts";

const BOTH = { tracks: { video: true, audio: true }, rates: {}, encoderName: "test" };

class Streaming {
  readonly live = new RecordingOutput();
  readonly demand = new Demand();
  readonly failures: [string, unknown][] = [];
  readonly fanOut = new FanOut({
    live: this.live,
    onFailed: ({ name }, error) => this.failures.push([name, error]),
    demand: this.demand,
  });

  /** Pushes and flushes at once: "video-config@0 key@0 audio@3". */
  send(story: string): void {
    for (const word of story.split(" ")) this.fanOut.push(timed(word));
    this.fanOut.flush();
  }
}

/** One whose disk or network takes nothing until it is let go. */
class SlowOutput extends RecordingOutput {
  #waiting: (() => void)[] = [];
  isBlocked = true;

  override async write(written: readonly TimedPacket[]): Promise<void> {
    void super.write(written);
    if (this.isBlocked) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async release(): Promise<void> {
    this.isBlocked = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
    for (let turns = 0; turns < 5; turns++) await setImmediate();
  }
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await setImmediate();
}

const BEGINNING = "video-config@0 audio-config@0 key@0";

it("what comes together goes out together, and nothing is kept back for good", async () => {
  const { live, fanOut } = new Streaming();
  fanOut.begin(BOTH);
  const writes = vi.spyOn(live, "write");
  const push = (...words: readonly string[]) => {
    for (const word of words) fanOut.push(timed(word));
    fanOut.flush();
  };
  fanOut.cork();
  push("video-config@0", "audio-config@0", "key@0");
  push("audio@3");
  expect(writes).not.toHaveBeenCalled();
  fanOut.uncork();
  expect(writes.mock.calls.map(([written]) => written.length)).toEqual([4]);
  fanOut.cork();
  push("delta@40");
  await fanOut.end();
  expect(writes.mock.calls.map(([written]) => written.length)).toEqual([4, 1]);
});

describe("an output", () => {
  it("gets what the live stream gets, and hears when it becomes ready, and of a new epoch with its settings", async () => {
    const streaming = new Streaming();
    const output = new RecordingOutput();
    streaming.fanOut.add(output);
    streaming.fanOut.begin(BOTH);
    expect(streaming.fanOut.isReady).toBe(false);
    streaming.send("video-config@0 audio-config@0");
    streaming.send("key@0 audio@3");
    expect(streaming.fanOut.isReady).toBe(true);
    streaming.send("delta@40");
    streaming.fanOut.startEpoch();
    streaming.send("key@0");
    streaming.send("audio@5");
    await streaming.fanOut.end();
    expect(output.heard).toEqual(
      `begin ${BEGINNING} audio@3 ready delta@40 epoch ${BEGINNING} audio@5 end`.split(" "),
    );
    expect(streaming.live.heard).toEqual(
      `begin ${BEGINNING} audio@3 ready delta@40 epoch key@0 audio@5 end`.split(" "),
    );
  });

  it("that comes later begins with the settings and the current GOP, no track's time stepping back", async () => {
    const streaming = new Streaming();
    streaming.fanOut.begin(BOTH);
    streaming.send(`${BEGINNING} audio@960`);
    streaming.send("key@1000 audio@981 delta@1040");
    const output = new RecordingOutput();
    streaming.fanOut.add(output);
    streaming.send("delta@1080");
    await settled();
    expect(output.heard.join(" ")).toBe(
      "begin video-config@1000 audio-config@960 key@1000 audio@981 delta@1040 ready delta@1080",
    );
  });

  it("that comes before there is anything to begin with waits for the first key frame", async () => {
    const streaming = new Streaming();
    streaming.fanOut.begin(BOTH);
    streaming.send("video-config@0 audio-config@0");
    const output = new RecordingOutput();
    streaming.fanOut.add(output);
    streaming.send("key@0");
    await settled();
    expect(output.heard.join(" ")).toBe(`begin ${BEGINNING} ready`);
  });

  it("that throws ends alone, at whatever it does", async () => {
    const calls = ["begin", "write", "ready", "startEpoch", "end"] as const;
    for (const call of calls) {
      const streaming = new Streaming();
      const broken: Output = Object.assign(new RecordingOutput(), {
        [call]: () => {
          throw new Error(`no ${call}`);
        },
      });
      const healthy = new RecordingOutput();
      streaming.fanOut.add(broken);
      streaming.fanOut.add(healthy);
      streaming.fanOut.begin(BOTH);
      streaming.send(BEGINNING);
      await settled();
      streaming.send("delta@40");
      streaming.fanOut.startEpoch();
      streaming.send("key@0");
      await streaming.fanOut.end();
      expect(healthy.heard.filter((word) => /key|delta|end/.test(word))).toEqual([
        "key@0",
        "delta@40",
        "key@0",
        "end",
      ]);
      expect(streaming.live.heard.at(-1)).toBe("end");
      expect(streaming.failures).toEqual([["test", new Error(`no ${call}`)]]);
    }
  });

  it("that is slow keeps nobody waiting, and gets everything in order", async () => {
    const streaming = new Streaming();
    const slow = new SlowOutput();
    streaming.fanOut.add(slow);
    streaming.fanOut.begin(BOTH);
    streaming.send(BEGINNING);
    for (let ms = 40; ms <= 400; ms += 40) streaming.send(`delta@${ms}`);
    await settled();
    expect(streaming.live.packets).toHaveLength(13);
    expect(slow.packets).toHaveLength(3);
    await slow.release();
    expect(slow.packets).toEqual(streaming.live.packets);
  });

  it("that is too slow is skipped to the next key frame, and begins there with its settings", async () => {
    const streaming = new Streaming();
    const slow = new SlowOutput();
    streaming.fanOut.add(slow, { maxLagMs: 1000 });
    streaming.fanOut.begin(BOTH);
    streaming.send(BEGINNING);
    await settled();
    for (let ms = 500; ms <= 2000; ms += 500) streaming.send(`delta@${ms}`);
    await slow.release();
    streaming.send("delta@2500");
    streaming.send("key@3000");
    streaming.send("delta@3500");
    await settled();
    expect(slow.heard.filter((word) => word.includes("@")).join(" ")).toBe(
      `${BEGINNING} video-config@3000 audio-config@3000 key@3000 delta@3500`,
    );
  });

  it("that is removed ends, and gets nothing more", async () => {
    const streaming = new Streaming();
    const output = new RecordingOutput();
    streaming.fanOut.add(output);
    streaming.fanOut.begin(BOTH);
    streaming.send(BEGINNING);
    await streaming.fanOut.remove(output);
    streaming.send("delta@40");
    expect(output.heard.at(-1)).toBe("end");
  });

  it("of sound alone begins with any frame", async () => {
    const streaming = new Streaming();
    streaming.fanOut.begin({ tracks: { video: false, audio: true }, rates: {}, encoderName: "test" });
    streaming.send("audio-config@0 audio@0 audio@21");
    expect(streaming.fanOut.isReady).toBe(true);
    const output = new RecordingOutput();
    streaming.fanOut.add(output);
    streaming.send("audio@43");
    await settled();
    expect(output.heard.join(" ")).toBe("begin audio-config@21 ready audio@43");
  });
});

describe("the demand", () => {
  it("has each output that is there, until it is removed, fails or ends", async () => {
    const { fanOut, demand } = new Streaming();
    const [removed, failing, staying] = [new RecordingOutput(), new RecordingOutput(), new RecordingOutput()];
    const counts = [];
    for (const output of [removed, failing, staying]) {
      fanOut.add(output);
      counts.push(demand.count);
    }
    await fanOut.remove(removed);
    await fanOut.remove(removed);
    counts.push(demand.count);
    vi.spyOn(failing, "begin").mockImplementation(() => {
      throw new Error("it is full");
    });
    fanOut.begin(BOTH);
    await settled();
    counts.push(demand.count);
    await fanOut.end();
    counts.push(demand.count);
    expect(counts).toEqual([1, 2, 3, 2, 1, 0]);
  });
});

it("a stream that is paused is not ready, and takes nothing more before it begins again", () => {
  const streaming = new Streaming();
  const { fanOut, live } = streaming;
  fanOut.begin(BOTH);
  streaming.send(BEGINNING);
  fanOut.pause();
  fanOut.pause();
  expect([fanOut.isReady, live.heard.slice(-2)]).toEqual([false, ["ready", "epoch"]]);
  const heard = live.heard.length;
  streaming.send("delta@40"); // of a process that ends
  expect(live.heard).toHaveLength(heard);
  fanOut.begin(BOTH);
  streaming.send(BEGINNING);
  expect([fanOut.isReady, live.heard.slice(heard)]).toEqual([
    true,
    ["begin", ...BEGINNING.split(" "), "ready"],
  ]);
});
