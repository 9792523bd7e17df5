import { describe, expect, it } from "vitest";
import type { Hub } from "../../../src/outputs/live/hub.ts";
import type { HubLimits } from "../../../src/outputs/live/limits.ts";
import type { Viewer } from "../../../src/outputs/live/viewer.ts";
import { audioHub, FakeSink, send, somebody, videoHub } from "./fakes.ts";

/** A viewer whose other end acknowledges what the test says. */
class Watching {
  readonly sink = new FakeSink();
  readonly viewer: Viewer;
  readonly #hub: Hub;
  #takenBytes = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
    this.viewer = hub.join(this.sink, somebody);
    this.takeAll();
  }

  takeAll(): void {
    this.#takenBytes = this.viewer.sentBytes;
  }

  take(bytes: number): void {
    this.#takenBytes += bytes;
  }

  look(nowMs = 0) {
    return this.#hub.look(this.viewer, this.#takenBytes, nowMs);
  }

  /** What it got since it came. */
  get story(): string {
    return this.sink.writeStories.slice(1).join(" ");
  }
}

function watching(limits: Partial<HubLimits> = {}) {
  const hub = videoHub({ maxLagMs: 3000, viewerTimeoutMs: 20_000, ...limits });
  send(hub, "metadata@0 video-config@0 key@0");
  return { hub, slow: new Watching(hub) };
}

describe("a viewer who falls behind", () => {
  it("gets everything as long as the lag is within the limit", () => {
    const { hub, slow } = watching();
    for (const story of ["delta@40", "key@2000", "delta@3040"]) {
      send(hub, story);
      expect(slow.look()).toBe("keeps-up");
    }
    expect(slow.story).toBe("delta@40 key@2000 delta@3040");
    expect(slow.viewer.skips).toBe(0);
  });

  it("resumes at the next key frame with the settings before it, after it has taken everything", () => {
    const { hub, slow } = watching();
    send(hub, "delta@40");
    send(hub, "delta@3041");
    expect(slow.look()).toBe("skipped");
    expect(slow.viewer.state).toBe("waiting-for-key");
    send(hub, "key@6000 delta@6040");
    expect(slow.story).toBe("delta@40 delta@3041");
    slow.takeAll();
    expect(slow.look()).toBe("keeps-up");
    send(hub, "delta@6080");
    expect(slow.story).toBe("delta@40 delta@3041");
    send(hub, "key@7000 delta@7040");
    send(hub, "delta@7080");
    expect(slow.story).toBe(
      "delta@40 delta@3041 metadata@0 video-config@7000 key@7000 delta@7040 delta@7080",
    );
    expect(slow.viewer.state).toBe("live");
    expect([slow.viewer.skips, hub.totals.skips, hub.totals.stalls]).toEqual([1, 1, 0]);
  });

  it("gets changed settings once when it resumes with them", () => {
    const { hub, slow } = watching();
    send(hub, "delta@40");
    send(hub, "delta@3041");
    slow.look();
    slow.takeAll();
    slow.look();
    send(hub, "metadata@0 video-config@6000 key@6000");
    expect(slow.story).toBe("delta@40 delta@3041 metadata@0 video-config@6000 key@6000");
  });

  it("is as far behind as the oldest byte that it has not taken is old", () => {
    const { hub, slow } = watching();
    for (let timestampMs = 100; timestampMs <= 10_000; timestampMs += 100) {
      send(hub, `delta@${timestampMs}`);
      if (timestampMs > 2800) slow.take(25);
    }
    expect(slow.look()).toBe("keeps-up");
    for (let timestampMs = 10_100; timestampMs <= 10_400; timestampMs += 100)
      send(hub, `delta@${timestampMs}`);
    expect(slow.look()).toBe("skipped");
  });

  it("is as far behind as the stream says, whatever time its clock tags have", () => {
    const { hub, slow } = watching();
    send(hub, "clock@0 delta@1000");
    send(hub, "delta@1500 clock@0");
    expect([slow.look(), slow.viewer.lagMs]).toEqual(["keeps-up", 500]);
    send(hub, "clock@0");
    expect([slow.look(), slow.viewer.lagMs]).toEqual(["keeps-up", 500]);
  });

  it("is not behind because its opening holds more than it may lag", () => {
    const hub = videoHub({ maxLagMs: 3000 });
    send(hub, "key@0");
    for (let timestampMs = 100; timestampMs <= 10_000; timestampMs += 100) send(hub, `delta@${timestampMs}`);
    const viewer = hub.join(new FakeSink(), somebody);
    expect(hub.look(viewer, 0, 0)).toBe("keeps-up");
    send(hub, "delta@12900");
    expect(hub.look(viewer, 0, 0)).toBe("keeps-up");
    send(hub, "delta@13100");
    expect(hub.look(viewer, 0, 0)).toBe("skipped");
  });

  it("is dropped when it takes nothing of what it is owed for too long, skipped or not", () => {
    const { hub, slow } = watching();
    send(hub, "delta@40");
    expect(slow.look(1000)).toBe("keeps-up");
    send(hub, "delta@3041");
    expect(slow.look(4000)).toBe("skipped");
    expect(slow.look(21_000)).toBe("keeps-up");
    expect(slow.look(21_001)).toBe("stalled");
    expect(slow.sink.state).toBe("destroyed");
    expect(hub.viewerCount).toBe(0);
    expect([hub.totals.skips, hub.totals.stalls]).toEqual([1, 1]);
    send(hub, "key@30080");
    hub.end();
    expect(slow.story).toBe("delta@40 delta@3041");
    expect(slow.sink.state).toBe("destroyed");
  });

  it("stays as long as it takes a byte now and then, and while nothing is owed to it", () => {
    const { hub, slow } = watching();
    send(hub, "delta@40");
    send(hub, "delta@3041");
    slow.look(0);
    for (let nowMs = 19_000; nowMs < 200_000; nowMs += 19_000) {
      slow.take(1);
      expect(slow.look(nowMs)).toBe("keeps-up");
    }
    slow.takeAll();
    expect(slow.look(1_000_000)).toBe("keeps-up");
    expect(slow.look(2_000_000)).toBe("keeps-up");
  });

  it("costs nobody else a byte", () => {
    const { hub, slow } = watching();
    const other = new Watching(hub);
    for (let timestampMs = 1000; timestampMs <= 40_000; timestampMs += 1000) {
      send(hub, `delta@${timestampMs}`);
      other.takeAll();
      expect(other.look(timestampMs)).toBe("keeps-up");
      slow.look(timestampMs);
    }
    expect(slow.sink.state).toBe("destroyed");
    expect(other.sink.writes).toHaveLength(41);
  });

  it("shares what it resumes with", () => {
    const { hub, slow } = watching();
    const other = new Watching(hub);
    send(hub, "delta@40");
    send(hub, "delta@3041");
    for (const each of [slow, other]) {
      each.look();
      each.takeAll();
      each.look();
    }
    send(hub, "key@6000");
    expect(slow.sink.writes.at(-1)).toBe(other.sink.writes.at(-1));
    expect(other.sink.writeStories.at(-1)).toBe("metadata@0 video-config@6000 key@6000");
  });

  it("resumes anywhere where there is only sound", () => {
    const hub = audioHub({ maxLagMs: 100 });
    send(hub, "metadata@0 audio-config@0 audio@0");
    const slow = new Watching(hub);
    send(hub, "audio@23");
    send(hub, "audio@140");
    expect(slow.look()).toBe("skipped");
    slow.takeAll();
    slow.look();
    send(hub, "audio@163");
    send(hub, "audio@186");
    expect(slow.story).toBe("audio@23 audio@140 metadata@0 audio-config@163 audio@186");
  });

  it("that leaves is written to no more, and judged no more", () => {
    const { hub, slow } = watching();
    hub.leave(slow.viewer);
    hub.leave(slow.viewer);
    send(hub, "delta@4000");
    expect(slow.look()).toBe("keeps-up");
    hub.end();
    expect(slow.story).toBe("");
    expect(slow.sink.state).toBe("open");
    expect(hub.viewerCount).toBe(0);
  });
});
