import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { audioChannel, FakeSink, send, tags, videoChannel } from "./fakes.ts";

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
    const viewer = channel.join(new FakeSink());
    expect(channel.admission).toBe("full");
    expect(channel.viewerCount).toBe(1);
    channel.leave(viewer);
    expect(channel.viewerCount).toBe(0);
    expect(channel.admission).toBe("open");
  });
});

describe("a batch", () => {
  it("is the same object for every viewer", () => {
    const channel = videoChannel();
    send(channel, `${beginning} key@0`);
    const sinks = [new FakeSink(), new FakeSink()] as const;
    for (const sink of sinks) channel.join(sink);
    send(channel, "delta@40 audio@23");
    expect(sinks[0].batches).toHaveLength(3);
    for (const [index, batch] of sinks[0].batches.entries()) expect(sinks[1].batches[index]).toBe(batch);
  });

  it("of a single tag is that tag's bytes, not a copy", () => {
    const channel = videoChannel();
    send(channel, "key@0");
    const sink = new FakeSink();
    channel.join(sink);
    const [tag] = tags("delta@40");
    if (tag !== undefined) channel.publish(tag);
    channel.flush();
    expect(sink.batches.at(-1)?.bytes).toBe(tag?.bytes);
  });

  it("holds what was published since the last one, and begins anew at settings and at key frames", () => {
    const channel = videoChannel();
    send(channel, `${beginning} key@0`);
    const sink = new FakeSink();
    channel.join(sink);
    send(
      channel,
      "delta@40 audio@23 delta@80 metadata@0 video-config@120 key@120 delta@160 audio@46 key@200 key@240",
    );
    channel.flush();
    send(channel, "delta@280 audio-config@69 audio@69");
    expect(sink.batchStories.slice(1)).toEqual([
      "delta@40 audio@23 delta@80",
      "metadata@0 video-config@120 key@120 delta@160 audio@46",
      "key@200",
      "key@240",
      "delta@280",
      "audio-config@69 audio@69",
    ]);
  });
});

describe("an epoch", () => {
  it("ends every viewer's stream, and lets none in before the next key frame", () => {
    const channel = videoChannel();
    send(channel, `${beginning} key@2147480000`);
    const before = new FakeSink();
    channel.join(before);
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
    channel.join(after);
    send(channel, "delta@120");
    expect(after.story).toBe("header metadata@0 video-config@40 audio-config@0 key@40 delta@80 delta@120");
    expect(before.story).not.toContain("key@40");
  });

  it("has a clock of its own: nobody lags because of the last one", () => {
    const channel = videoChannel();
    send(channel, "key@2147480000");
    channel.startEpoch();
    send(channel, "key@0");
    const sink = new FakeSink();
    sink.accepts = false;
    channel.join(sink);
    send(channel, "delta@5000");
    expect(sink.story).toBe("header key@0 delta@5000");
    send(channel, "delta@5040");
    expect(channel.skips).toBe(1);
  });
});

describe("the end", () => {
  it("comes behind everything published, and lets nobody in", () => {
    const channel = videoChannel();
    send(channel, "key@0");
    const sink = new FakeSink();
    channel.join(sink);
    for (const tag of tags("delta@40")) channel.publish(tag);
    channel.end();
    channel.end();
    expect(sink.story).toBe("header key@0 delta@40");
    expect(sink.state).toBe("ended");
    expect(channel.isReady).toBe(false);
    expect(channel.admission).toBe("not-ready");
    expect(() => channel.join(new FakeSink())).toThrow("channel cam takes no viewer: not-ready");
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
            for (const sink of sinks.slice(-1)) channel.join(sink);
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
