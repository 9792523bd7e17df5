import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Channel, ChannelLimits } from "../../../src/outputs/live/hub.ts";
import type { Transport } from "../../../src/outputs/live/sink.ts";
import { audioChannel, bareTransport, FakeSink, send, somebody, tags, videoChannel } from "./fakes.ts";

const beginning = "metadata@0 video-config@0 audio-config@0";

describe("readiness", () => {
  it("comes with the first key frame, not with the settings", () => {
    const channel = videoChannel();
    send(channel, `${beginning} audio@0`);
    expect(channel.isReady).toBe(false);
    expect(channel.admission).toBe("not-ready");
    send(channel, "key@10");
    expect(channel.isReady).toBe(true);
    expect(channel.admission).toBe("open");
  });

  it("comes with the first frame where there is only sound", () => {
    const channel = audioChannel();
    send(channel, "metadata@0 audio-config@0");
    expect(channel.isReady).toBe(false);
    send(channel, "audio@0");
    expect(channel.isReady).toBe(true);
  });

  it("ends at the limit of viewers, until one leaves", () => {
    const channel = videoChannel({ maxViewers: 1 });
    send(channel, "key@0");
    const viewer = channel.join(new FakeSink(), somebody);
    expect(channel.admission).toBe("full");
    expect(channel.viewerCount).toBe(1);
    channel.leave(viewer);
    expect(channel.viewerCount).toBe(0);
    expect(channel.admission).toBe("open");
  });
});

describe("a batch", () => {
  it("is the same bytes in the same place for every viewer, and so is what they begin with", () => {
    const channel = videoChannel();
    send(channel, `${beginning} key@0`);
    const sinks = [new FakeSink(), new FakeSink()] as const;
    for (const sink of sinks) channel.join(sink, somebody);
    send(channel, "delta@40 audio@23");
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
    const channel = videoChannel();
    send(channel, `${beginning} key@0`);
    const sinks = [chunks, messages, chunks, messages].map((each) => new FakeSink(each));
    const [first] = sinks.map((sink) => channel.join(sink, somebody));
    framings.length = 0;
    send(channel, "delta@40");
    expect(framings).toEqual(["http/1.1 25", "websocket 25"]);
    for (const sink of sinks) expect(sink.story).toMatch(/ delta@40$/);
    if (first !== undefined) channel.leave(first);
    expect(channel.viewers.map(({ sink }) => sink)).toEqual([sinks[2], sinks[1], sinks[3]]);
  });

  it("holds what was published since the last one", () => {
    const channel = videoChannel();
    send(channel, `${beginning} key@0`);
    const sink = new FakeSink();
    channel.join(sink, somebody);
    send(channel, "delta@40 audio@23 key@80 audio@46");
    channel.flush();
    send(channel, "delta@120");
    expect(sink.writeStories.slice(1)).toEqual(["delta@40 audio@23 key@80 audio@46", "delta@120"]);
  });
});

describe("with many viewers, a batch", () => {
  it("waits for other tags, longer the more there are", () => {
    const { channel, timers } = pacedChannel();
    join(channel, 129);
    send(channel, "delta@40");
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([33]);
    timers[0]?.run();
    join(channel, 900 - 129);
    send(channel, "delta@80");
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([33, 100]);
  });

  it("goes out when its time has come, with all that came meanwhile", () => {
    const { channel, timers } = pacedChannel();
    const [sink] = join(channel, 129);
    send(channel, "delta@40");
    send(channel, "audio@40 delta@80");
    expect(sink?.story).toBe("header key@0");
    expect(timers).toHaveLength(1);
    timers[0]?.run();
    expect(sink?.writeStories.slice(1)).toEqual(["delta@40 audio@40 delta@80"]);
    send(channel, "delta@120");
    expect(timers).toHaveLength(2);
  });

  it("goes out at once with a key frame, and at the end", () => {
    const { channel, timers } = pacedChannel();
    const [sink] = join(channel, 129);
    send(channel, "delta@40");
    send(channel, "key@80");
    expect(sink?.writeStories.slice(1)).toEqual(["delta@40 key@80"]);
    expect(timers[0]?.state).toBe("cancelled");
    send(channel, "delta@120");
    channel.end();
    expect(sink?.writeStories.slice(2)).toEqual(["delta@120"]);
    expect(sink?.state).toBe("ended");
    expect(timers[1]?.state).toBe("cancelled");
  });

  it("is not sent for one who comes: that one begins where the others are, and goes on with them", () => {
    const { channel, timers } = pacedChannel();
    join(channel, 129);
    send(channel, "delta@40");
    const [late] = join(channel, 1);
    expect(late?.story).toBe("header key@0");
    timers[0]?.run();
    expect(late?.story).toBe("header key@0 delta@40");
  });

  it.each([
    [0, []],
    [20, [20]],
  ])("waits no longer than the limit of %i ms", (maxBatchMs, delays) => {
    const { channel, timers } = pacedChannel({ maxBatchMs });
    join(channel, 129);
    send(channel, "delta@40");
    expect(timers.map(({ delayMs }) => delayMs)).toEqual(delays);
  });
});

interface FakeTimer {
  readonly delayMs: number;
  readonly run: () => void;
  state: "set" | "cancelled";
}

/** A ready channel whose timers are run by hand. */
function pacedChannel(limits: Partial<ChannelLimits> = {}) {
  const timers: FakeTimer[] = [];
  const channel = videoChannel(limits, (run, delayMs) => {
    const timer: FakeTimer = { delayMs, run, state: "set" };
    timers.push(timer);
    return () => {
      timer.state = "cancelled";
    };
  });
  send(channel, "key@0");
  return { channel, timers };
}

function join(channel: Channel, count: number): FakeSink[] {
  const sinks = Array.from({ length: count }, () => new FakeSink());
  for (const sink of sinks) channel.join(sink, somebody);
  return sinks;
}

describe("a viewer who is to go", () => {
  it("gets its stream's end, and is counted with those who left", () => {
    const channel = videoChannel();
    send(channel, "metadata@0 video-config@0 audio-config@0 key@0");
    const [sink, other] = [new FakeSink(), new FakeSink()];
    const viewer = channel.join(sink, somebody);
    channel.leave(channel.join(other, somebody));
    channel.remove(viewer);
    expect([sink.state, other.state, channel.viewerCount]).toEqual(["ended", "open", 0]);
    expect([channel.removals, channel.departures]).toEqual([1, 2]);
    expect(channel.sentBytes).toBe(sink.bytes.length + other.bytes.length);
  });
});

describe("an epoch", () => {
  it("ends every viewer's stream, and lets none in before the next key frame", () => {
    const channel = videoChannel();
    send(channel, `${beginning} key@2147480000`);
    const before = new FakeSink();
    channel.join(before, somebody);
    for (const tag of tags("delta@2147480040")) channel.publish(tag);
    channel.startEpoch();
    expect(before.state).toBe("ended");
    expect(before.story).toMatch(/delta@2147480040$/);
    expect(channel.viewerCount).toBe(0);
    expect(channel.isReady).toBe(false);
    send(channel, "audio@0 delta@0");
    expect(channel.admission).toBe("not-ready");
    send(channel, "key@40 delta@80");
    const after = new FakeSink();
    channel.join(after, somebody);
    send(channel, "delta@120");
    expect(after.story).toBe("header metadata@0 video-config@40 audio-config@0 key@40 delta@80 delta@120");
    expect(before.story).not.toContain("key@40");
  });

  it("has a clock of its own: nobody lags because of the last one", () => {
    const channel = videoChannel();
    send(channel, "key@2147480000");
    channel.startEpoch();
    send(channel, "key@0");
    const viewer = channel.join(new FakeSink(), somebody);
    send(channel, "delta@3000");
    expect(channel.look(viewer, 0, 0)).toBe("keeps-up");
    send(channel, "delta@3040");
    expect(channel.look(viewer, 0, 0)).toBe("skipped");
  });
});

describe("the end", () => {
  it("comes behind everything published, and lets nobody in", () => {
    const channel = videoChannel();
    send(channel, "key@0");
    const sink = new FakeSink();
    channel.join(sink, somebody);
    for (const tag of tags("delta@40")) channel.publish(tag);
    channel.end();
    channel.end();
    expect(sink.story).toBe("header key@0 delta@40");
    expect(sink.state).toBe("ended");
    expect(channel.isReady).toBe(false);
    expect(channel.admission).toBe("not-ready");
    expect(() => channel.join(new FakeSink(), somebody)).toThrow("channel cam takes no viewer: not-ready");
    expect(() => send(channel, "key@80")).toThrow("channel cam has ended");
  });
});

describe("any stream, joined anywhere", () => {
  const step = fc.constantFrom("key", "delta", "audio", "config", "flush", "join");

  it("gives every viewer whole tags, a key frame first, then all that is published, in one order", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const channel = videoChannel();
        const sinks: FakeSink[] = [];
        const published: string[] = [];
        for (const [timestampMs, each] of ["config", "key", ...steps].entries()) {
          const story =
            each === "config"
              ? `metadata@${timestampMs} video-config@${timestampMs}`
              : `${each}@${timestampMs}`;
          if (each === "flush") channel.flush();
          else if (each === "join") {
            sinks.push(new FakeSink());
            for (const sink of sinks.slice(-1)) channel.join(sink, somebody);
          } else {
            published.push(...story.split(" "));
            for (const tag of tags(story)) channel.publish(tag);
          }
        }
        channel.end();
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
