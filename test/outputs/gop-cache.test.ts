import { describe, expect, it } from "vitest";
import { audioHub, FakeSink, send, somebody, tags, videoHub } from "./live/fakes.ts";

const beginning = "metadata@0 video-config@0 audio-config@0";

describe("what a late viewer gets first", () => {
  it("is the header, the settings and the group in one write, then the live stream", () => {
    const hub = videoHub();
    send(hub, `${beginning} key@0 delta@40 key@1000 delta@1040`);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    send(hub, "delta@1080");
    expect(sink.writeStories).toEqual([
      "header metadata@0 video-config@1000 audio-config@1000 key@1000 delta@1040",
      "delta@1080",
    ]);
  });

  it("has the settings at the time of the group, sound at its own track's, so that no time steps back", () => {
    const hub = videoHub();
    send(hub, `${beginning} key@0 audio@0 audio@925 key@1000 audio@948 delta@1040 audio@971`);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    expect(sink.story).toBe(
      "header metadata@0 video-config@1000 audio-config@925 key@1000 audio@948 delta@1040 audio@971",
    );
  });

  it("ends where the others are: what is published but not yet flushed comes to all together", () => {
    const hub = videoHub();
    send(hub, "key@0");
    const early = new FakeSink();
    hub.join(early, somebody);
    for (const tag of tags("delta@40")) hub.publish(tag);
    const late = new FakeSink();
    hub.join(late, somebody);
    hub.flush();
    expect(early.story).toBe("header key@0 delta@40");
    expect(late.writes.at(-1)).toBe(early.writes.at(-1));
    expect(late.story).toBe("header key@0 delta@40");
  });

  it("is one shared buffer for two viewers of one moment, who get identical bytes ever after", () => {
    const hub = videoHub();
    send(hub, `${beginning} key@0 delta@40`);
    const sinks = [new FakeSink(), new FakeSink()] as const;
    for (const sink of sinks) hub.join(sink, somebody);
    send(hub, "delta@80 audio@23");
    send(hub, "key@1000");
    expect(sinks[0].writes[0]).toBe(sinks[1].writes[0]);
    expect(sinks[0].bytes).toEqual(sinks[1].bytes);
  });

  it("has the server's clock as a part of the group", () => {
    const hub = videoHub();
    send(hub, `${beginning} key@0 clock@0 delta@40 key@1000 clock@0 delta@1040`);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    expect(sink.story).toBe(
      "header metadata@0 video-config@1000 audio-config@1000 key@1000 clock@0 delta@1040",
    );
  });

  it("keeps settings that changed in the middle of the group at their place", () => {
    const hub = videoHub();
    send(hub, `${beginning} key@0 delta@40 audio-config@46 audio@46 delta@80`);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    expect(sink.story).toBe(
      "header metadata@0 video-config@0 audio-config@0 key@0 delta@40 audio-config@46 audio@46 delta@80",
    );
    send(hub, "key@120");
    const next = new FakeSink();
    hub.join(next, somebody);
    expect(next.story).toBe("header metadata@0 video-config@120 audio-config@46 key@120");
  });

  it("has the new settings once, in front of the key frame that needs them", () => {
    const hub = videoHub();
    send(hub, `${beginning} key@0 metadata@0 video-config@40`);
    const between = new FakeSink();
    hub.join(between, somebody);
    send(hub, "key@40");
    const after = new FakeSink();
    hub.join(after, somebody);
    expect(between.story).toBe(
      "header metadata@0 video-config@0 audio-config@0 key@0 metadata@0 video-config@40 key@40",
    );
    expect(after.story).toBe("header metadata@0 video-config@40 audio-config@40 key@40");
  });
});

describe("a group that outgrows its limit", () => {
  it.each([
    ["in bytes", { maxGroupBytes: 60 }, "key@0 delta@40 delta@80"],
    ["in time", { maxGroupMs: 60_000 }, "key@0 delta@40 delta@60001"],
  ])("%s is dropped whole: nobody can join before the next key frame", (_, limits, group) => {
    const hub = videoHub(limits);
    send(hub, `${beginning} ${group}`);
    expect(hub.admission).toBe("no-key-frame");
    send(hub, "delta@60040 audio@60000");
    expect([hub.admission, hub.sinceKeyMs]).toEqual(["no-key-frame", 60_040]);
    send(hub, "key@61000");
    expect([hub.admission, hub.sinceKeyMs]).toEqual(["open", 0]);
    const sink = new FakeSink();
    const viewer = hub.join(sink, somebody);
    send(hub, "delta@61040");
    expect(viewer.state).toBe("live");
    expect(sink.story).toBe("header metadata@0 video-config@61000 audio-config@60000 key@61000 delta@61040");
    expect(viewer.skips).toBe(0);
  });

  it("is still live for those who watch it", () => {
    const hub = videoHub({ maxGroupMs: 100 });
    send(hub, "key@0");
    const sink = new FakeSink();
    hub.join(sink, somebody);
    send(hub, "delta@100 delta@140");
    expect(sink.story).toBe("header key@0 delta@100 delta@140");
  });

  it("is kept up to the limit", () => {
    const hub = videoHub({ maxGroupMs: 100 });
    send(hub, "key@0 delta@100");
    const sink = new FakeSink();
    expect(hub.join(sink, somebody).state).toBe("live");
  });
});

describe("sound alone", () => {
  it("begins with the settings and goes on with the next frame", () => {
    const hub = audioHub();
    send(hub, "metadata@0 audio-config@0 audio@0 audio@23 audio@46");
    const sink = new FakeSink();
    hub.join(sink, somebody);
    send(hub, "audio@70");
    expect(sink.story).toBe("header metadata@0 audio-config@46 audio@70");
  });
});
