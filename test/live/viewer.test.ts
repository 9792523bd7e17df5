import { describe, expect, it } from "vitest";
import { audioChannel, FakeSink, send, videoChannel } from "./fakes.ts";

function slowViewer(limits = {}) {
  const channel = videoChannel({ maxLagMs: 5000, maxStallMs: 30_000, ...limits });
  send(channel, "metadata@0 video-config@0 key@0");
  const sink = new FakeSink();
  const viewer = channel.join(sink);
  sink.batches.length = 1; // what follows is the story from here on
  return { channel, sink, viewer };
}

describe("a viewer who falls behind", () => {
  it("gets everything as long as the lag is within the limit", () => {
    const { channel, sink, viewer } = slowViewer();
    sink.accepts = false;
    send(channel, "delta@40");
    send(channel, "key@3000");
    send(channel, "delta@5040");
    expect(sink.story).toBe("header delta@40 key@3000 delta@5040");
    expect(viewer.skips).toBe(0);
  });

  it("resumes at the next key frame with the settings before it, after it has drained", () => {
    const { channel, sink, viewer } = slowViewer();
    sink.accepts = false;
    send(channel, "delta@40");
    send(channel, "delta@5041");
    expect(viewer.state).toBe("waiting-for-key");
    send(channel, "key@6000 delta@6040");
    expect(sink.story).toBe("header delta@40");
    sink.accepts = true;
    viewer.drained();
    send(channel, "delta@6080");
    expect(sink.story).toBe("header delta@40");
    send(channel, "key@7000 delta@7040");
    send(channel, "delta@7080");
    expect(sink.story).toBe("header delta@40 metadata@0 video-config@7000 key@7000 delta@7040 delta@7080");
    expect(viewer.state).toBe("live");
    expect([viewer.skips, channel.skips, channel.stalls]).toEqual([1, 1, 0]);
  });

  it("gets changed settings once when it resumes with them", () => {
    const { channel, sink, viewer } = slowViewer();
    sink.accepts = false;
    send(channel, "delta@40");
    send(channel, "delta@5041");
    sink.accepts = true;
    viewer.drained();
    send(channel, "metadata@0 video-config@6000 key@6000");
    expect(sink.story).toBe("header delta@40 metadata@0 video-config@6000 key@6000");
  });

  it("counts a lag anew once it has drained", () => {
    const { channel, sink, viewer } = slowViewer();
    sink.accepts = false;
    send(channel, "delta@40");
    viewer.drained();
    send(channel, "delta@5000");
    send(channel, "delta@9000");
    expect(viewer.skips).toBe(0);
    send(channel, "delta@10001");
    expect(viewer.skips).toBe(1);
  });

  it("is dropped when its connection stands still for too long", () => {
    const { channel, sink } = slowViewer();
    sink.accepts = false;
    send(channel, "delta@40");
    send(channel, "delta@30040");
    expect(sink.state).toBe("open");
    send(channel, "key@30041");
    expect(sink.state).toBe("destroyed");
    expect(channel.viewerCount).toBe(0);
    expect([channel.skips, channel.stalls]).toEqual([1, 1]);
    send(channel, "delta@30080");
    channel.end();
    expect(sink.story).toBe("header delta@40");
    expect(sink.state).toBe("destroyed");
  });

  it("costs nobody else a byte", () => {
    const { channel, sink } = slowViewer();
    const other = new FakeSink();
    channel.join(other);
    sink.accepts = false;
    for (let timestampMs = 1000; timestampMs <= 40_000; timestampMs += 1000)
      send(channel, `delta@${timestampMs}`);
    expect(sink.state).toBe("destroyed");
    expect(other.batchStories).toHaveLength(41);
  });

  it("shares the batch it resumes with", () => {
    const { channel, sink, viewer } = slowViewer({ maxGroupMs: 100 });
    sink.accepts = false;
    send(channel, "delta@40");
    send(channel, "delta@5041");
    const late = new FakeSink();
    channel.join(late); // the group is too long: waits for the key frame as well
    viewer.drained();
    send(channel, "key@6000");
    expect(sink.batches.at(-1)).toBe(late.batches.at(-1));
    expect(late.batchStories).toEqual(["metadata@0 video-config@6000 key@6000"]);
  });

  it("resumes anywhere where there is only sound", () => {
    const channel = audioChannel({ maxLagMs: 100 });
    send(channel, "metadata@0 audio-config@0 audio@0");
    const sink = new FakeSink();
    const viewer = channel.join(sink);
    sink.accepts = false;
    send(channel, "audio@23");
    send(channel, "audio@140");
    expect(viewer.state).toBe("waiting-for-key");
    viewer.drained();
    sink.accepts = true;
    send(channel, "audio@163");
    send(channel, "audio@186");
    expect(sink.story).toBe(
      "header metadata@0 audio-config@0 audio@23 metadata@0 audio-config@163 audio@186",
    );
  });

  it("that leaves is written to no more", () => {
    const { channel, sink, viewer } = slowViewer();
    channel.leave(viewer);
    send(channel, "delta@40");
    channel.end();
    expect(sink.story).toBe("header");
    expect(sink.state).toBe("open");
  });
});
