import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeHeader } from "../../../src/media/flv/header.ts";
import { Demand } from "../../../src/outputs/demand.ts";
import { Hub } from "../../../src/outputs/live/hub.ts";
import type { HubLimits } from "../../../src/outputs/live/limits.ts";
import type { Transport } from "../../../src/outputs/live/sink.ts";
import { audioHub, bareTransport, FakeSink, send, somebody, tags, videoHub } from "./fakes.ts";

const beginning = "metadata@0 video-config@0 audio-config@0";

describe("readiness", () => {
  it("comes with the first key frame, not with the settings", () => {
    const hub = videoHub();
    send(hub, `${beginning} audio@0`);
    expect(hub.isReady).toBe(false);
    expect(hub.admission).toBe("not-ready");
    send(hub, "key@10");
    expect(hub.isReady).toBe(true);
    expect(hub.admission).toBe("open");
  });

  it("comes with the first frame where there is only sound", () => {
    const hub = audioHub();
    send(hub, "metadata@0 audio-config@0");
    expect(hub.isReady).toBe(false);
    send(hub, "audio@0");
    expect(hub.isReady).toBe(true);
  });

  it("ends at the limit of viewers, until one leaves", () => {
    const hub = videoHub({ maxViewers: 1 });
    send(hub, "key@0");
    const viewer = hub.join(new FakeSink(), somebody);
    expect(hub.admission).toBe("full");
    expect(hub.viewerCount).toBe(1);
    hub.leave(viewer);
    expect(hub.viewerCount).toBe(0);
    expect(hub.admission).toBe("open");
  });
});

describe("viewers who come and go", () => {
  it("are told of once each, also at the stream's own end", () => {
    const told: string[] = [];
    const hub = new Hub({
      ...{ name: "cam", header: encodeHeader({ video: true, audio: false }), hasVideo: true },
      onViewer: (change, { address }) => told.push(`${change} ${address}`),
    });
    send(hub, "key@0");
    const viewer = hub.join(new FakeSink(), { ...somebody, address: "192.0.2.7" });
    hub.leave(viewer);
    hub.leave(viewer);
    hub.join(new FakeSink(), { ...somebody, address: "192.0.2.8" });
    hub.end();
    expect(told).toEqual(["joined 192.0.2.7", "left 192.0.2.7", "joined 192.0.2.8", "left 192.0.2.8"]);
  });
});

describe("a batch", () => {
  it("is the same bytes in the same place for every viewer, and so is what they begin with", () => {
    const hub = videoHub();
    send(hub, `${beginning} key@0`);
    const sinks = [new FakeSink(), new FakeSink()] as const;
    for (const sink of sinks) hub.join(sink, somebody);
    send(hub, "delta@40 audio@23");
    expect(sinks[0].writes).toHaveLength(2);
    for (const [index, bytes] of sinks[0].writes.entries()) expect(sinks[1].writes[index]).toBe(bytes);
  });

  it("is framed once for each transport that has a viewer", () => {
    const framings: string[] = [];
    const transport = (name: "http/1.1" | "websocket"): Transport => ({
      name,
      frame: (batch) => {
        framings.push(`${name} ${batch.byteLength}`);
        return bareTransport.frame(batch);
      },
    });
    const [chunks, messages] = [transport("http/1.1"), transport("websocket")];
    const hub = videoHub();
    send(hub, `${beginning} key@0`);
    const sinks = [chunks, messages, chunks, messages].map((each) => new FakeSink(each));
    const [first] = sinks.map((sink) => hub.join(sink, somebody));
    framings.length = 0;
    send(hub, "delta@40");
    expect(framings).toEqual(["http/1.1 25", "websocket 25"]);
    for (const sink of sinks) expect(sink.story).toMatch(/ delta@40$/);
    if (first !== undefined) hub.leave(first);
    expect(hub.viewers.map(({ sink }) => sink)).toEqual([sinks[2], sinks[1], sinks[3]]);
  });

  it("holds what was published since the last one", () => {
    const hub = videoHub();
    send(hub, `${beginning} key@0`);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    send(hub, "delta@40 audio@23 key@80 audio@46");
    hub.flush();
    send(hub, "delta@120");
    expect(sink.writeStories.slice(1)).toEqual(["delta@40 audio@23 key@80 audio@46", "delta@120"]);
  });
});

describe("with many viewers, a batch", () => {
  it("waits for other tags, longer the more there are", () => {
    const { hub, timers } = pacedChannel();
    join(hub, 129);
    send(hub, "delta@10");
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([33]);
    timers[0]?.run();
    join(hub, 900 - 129);
    send(hub, "delta@20");
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([33, 100]);
  });

  it("waits as long as the viewers of all streams of the process make it, but for few of its own", () => {
    const allViewers = new Demand();
    const header = encodeHeader({ video: true, audio: true });
    const make = () =>
      new Hub({ name: "cam", header, hasVideo: true, schedule: () => () => undefined, allViewers });
    const [big, small] = [make(), make()];
    for (const hub of [big, small]) send(hub, "key@0");
    join(big, 500);
    expect([big.batchMs, small.batchMs]).toEqual([33, 0]);
    const others = Array.from({ length: 400 }, () => small.join(new FakeSink(), somebody));
    expect([big.batchMs, small.batchMs]).toEqual([100, 100]);
    for (const other of others.slice(100)) small.leave(other);
    expect([big.batchMs, small.batchMs]).toEqual([33, 0]);
  });

  it("goes out when its time has come, with all that came meanwhile", () => {
    const { hub, timers } = pacedChannel();
    const [sink] = join(hub, 129);
    send(hub, "delta@10");
    send(hub, "audio@10 delta@20");
    expect(sink?.story).toBe("header key@0");
    expect(timers).toHaveLength(1);
    timers[0]?.run();
    expect(sink?.writeStories.slice(1)).toEqual(["delta@10 audio@10 delta@20"]);
    send(hub, "delta@30");
    expect(timers).toHaveLength(2);
  });

  it("goes out at once with a key frame, and at the end", () => {
    const { hub, timers } = pacedChannel();
    const [sink] = join(hub, 129);
    send(hub, "delta@10");
    send(hub, "key@20");
    expect(sink?.writeStories.slice(1)).toEqual(["delta@10 key@20"]);
    expect(timers[0]?.state).toBe("cancelled");
    send(hub, "delta@30");
    hub.end();
    expect(sink?.writeStories.slice(2)).toEqual(["delta@30"]);
    expect(sink?.state).toBe("ended");
    expect(timers[1]?.state).toBe("cancelled");
  });

  it("is not sent for one who comes: that one begins where the others are, and goes on with them", () => {
    const { hub, timers } = pacedChannel();
    join(hub, 129);
    send(hub, "delta@10");
    const [late] = join(hub, 1);
    expect(late?.story).toBe("header key@0");
    timers[0]?.run();
    expect(late?.story).toBe("header key@0 delta@10");
  });

  it.each([
    [0, []],
    [20, [20]],
  ])("waits no longer than the limit of %i ms", (maxBatchMs, delays) => {
    const { hub, timers } = pacedChannel({ maxBatchMs });
    join(hub, 129);
    send(hub, "delta@10");
    expect(timers.map(({ delayMs }) => delayMs)).toEqual(delays);
  });

  it.each([
    [129, ["delta@33 audio@5 delta@67 audio@26", "delta@100 audio@47 audio@69 delta@133 audio@90"]],
    [900, ["delta@33 audio@5 delta@67 audio@26 delta@100 audio@47 audio@69 delta@133 audio@90"]],
  ])("for %i goes out with the last frame that it has time for", (viewers, stories) => {
    const { hub, timers } = pacedChannel();
    const [sink] = join(hub, viewers);
    send(hub, "delta@33 audio@5");
    send(hub, "delta@67 audio@26");
    send(hub, "delta@100 audio@47 audio@69");
    send(hub, "delta@133 audio@90");
    expect(sink?.writeStories.slice(1)).toEqual(stories);
    expect(timers.filter(({ state }) => state === "set")).toEqual([]);
  });

  it("of sound that comes by itself waits for its time, or for the frame behind it", () => {
    const { hub, timers } = pacedChannel();
    const [sink] = join(hub, 129);
    send(hub, "audio@21");
    expect(timers).toHaveLength(1);
    send(hub, "delta@40");
    expect(sink?.writeStories.slice(1)).toEqual(["audio@21 delta@40"]);
    expect(timers[0]?.state).toBe("cancelled");
  });
});

interface FakeTimer {
  readonly delayMs: number;
  readonly run: () => void;
  state: "set" | "cancelled";
}

/** A ready hub whose timers are run by hand. */
function pacedChannel(limits: Partial<HubLimits> = {}) {
  const timers: FakeTimer[] = [];
  const hub = videoHub(limits, (run, delayMs) => {
    const timer: FakeTimer = { delayMs, run, state: "set" };
    timers.push(timer);
    return () => {
      timer.state = "cancelled";
    };
  });
  send(hub, "key@0");
  return { hub, timers };
}

function join(hub: Hub, count: number): FakeSink[] {
  const sinks = Array.from({ length: count }, () => new FakeSink());
  for (const sink of sinks) hub.join(sink, somebody);
  return sinks;
}

describe("a viewer who is to go", () => {
  it("gets its stream's end, and is counted with those who left", () => {
    const hub = videoHub();
    send(hub, "metadata@0 video-config@0 audio-config@0 key@0");
    const [sink, other] = [new FakeSink(), new FakeSink()];
    const viewer = hub.join(sink, somebody);
    hub.leave(hub.join(other, somebody));
    hub.remove(viewer);
    expect([sink.state, other.state, hub.viewerCount]).toEqual(["ended", "open", 0]);
    expect([hub.totals.removals, hub.totals.departures]).toEqual([1, 2]);
    expect(hub.sentBytes).toBe(sink.bytes.length + other.bytes.length);
  });
});

describe("an epoch", () => {
  it("ends every viewer's stream, and lets none in before the next key frame", () => {
    const hub = videoHub();
    send(hub, `${beginning} key@2147480000`);
    const before = new FakeSink();
    hub.join(before, somebody);
    for (const tag of tags("delta@2147480040")) hub.publish(tag);
    hub.startEpoch();
    expect(before.state).toBe("ended");
    expect(before.story).toMatch(/delta@2147480040$/);
    expect(hub.viewerCount).toBe(0);
    expect(hub.isReady).toBe(false);
    send(hub, "audio@0 delta@0");
    expect(hub.admission).toBe("not-ready");
    send(hub, "key@40 delta@80");
    const after = new FakeSink();
    hub.join(after, somebody);
    send(hub, "delta@120");
    expect(after.story).toBe("header metadata@0 video-config@40 audio-config@0 key@40 delta@80 delta@120");
    expect(before.story).not.toContain("key@40");
  });

  it("has a clock of its own: nobody lags because of the last one", () => {
    const hub = videoHub();
    send(hub, "key@2147480000");
    hub.startEpoch();
    send(hub, "key@0");
    const viewer = hub.join(new FakeSink(), somebody);
    send(hub, "delta@3000");
    expect(hub.look(viewer, 0, 0)).toBe("keeps-up");
    send(hub, "delta@3040");
    expect(hub.look(viewer, 0, 0)).toBe("skipped");
  });
});

describe("the end", () => {
  it("comes behind everything published, and lets nobody in", () => {
    const hub = videoHub();
    send(hub, "key@0");
    const sink = new FakeSink();
    hub.join(sink, somebody);
    for (const tag of tags("delta@40")) hub.publish(tag);
    hub.end();
    hub.end();
    expect(sink.story).toBe("header key@0 delta@40");
    expect(sink.state).toBe("ended");
    expect(hub.isReady).toBe(false);
    expect(hub.admission).toBe("ended");
    expect(() => hub.join(new FakeSink(), somebody)).toThrow("hub cam takes no viewer: ended");
    expect(() => send(hub, "key@80")).toThrow("hub cam has ended");
  });
});

describe("any stream, joined anywhere", () => {
  const step = fc.constantFrom("key", "delta", "audio", "config", "flush", "join");

  it("gives every viewer whole tags, a key frame first, then all that is published, in one order", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const hub = videoHub();
        const sinks: FakeSink[] = [];
        const published: string[] = [];
        for (const [timestampMs, each] of ["config", "key", ...steps].entries()) {
          const story =
            each === "config"
              ? `metadata@${timestampMs} video-config@${timestampMs}`
              : `${each}@${timestampMs}`;
          if (each === "flush") hub.flush();
          else if (each === "join") {
            if (hub.admission !== "open") continue; // its key frame has not been flushed yet
            sinks.push(new FakeSink());
            for (const sink of sinks.slice(-1)) hub.join(sink, somebody);
          } else {
            published.push(...story.split(" "));
            for (const tag of tags(story)) hub.publish(tag);
          }
        }
        hub.end();
        for (const sink of sinks) {
          const [header, metadata, config, key = "", ...rest] = sink.story.split(" ");
          expect([header, metadata?.split("@")[0], config?.split("@")[0]]).toEqual([
            "header",
            "metadata",
            "video-config",
          ]);
          expect(key).toMatch(/^key@/);
          expect([key, ...rest]).toEqual(published.slice(published.indexOf(key)));
        }
      }),
      { numRuns: 200 },
    );
  });
});
