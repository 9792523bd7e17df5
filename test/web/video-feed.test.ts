import { describe, expect, it } from "vitest";
import type { VideoSample } from "../../src/web/sample.ts";
import { VideoFeed } from "../../src/web/video-feed.ts";
import { picture, videoSettings } from "./stream.ts";

/** A decoder that notes what it is given. */
function fakeDecoder() {
  const given: string[] = [];
  return {
    given,
    configure: () => void given.push("configure"),
    decode: ({ isKey, presentationTimeMs }: VideoSample) =>
      void given.push(`${isKey ? "key" : "delta"} ${presentationTimeMs}`),
    reset: () => void given.push("reset"),
    close: () => void given.push("close"),
  };
}

describe("pictures on their way into the decoder", () => {
  it("begin with a key picture", () => {
    const decoder = fakeDecoder();
    const flow = new VideoFeed(decoder);
    flow.configure(videoSettings);
    for (const one of [picture(0), picture(33), picture(66, true), picture(100)]) flow.push(one, 0);
    expect(decoder.given).toEqual(["configure", "key 66", "delta 100"]);
    expect(flow.leftOut).toBe(2);
  });

  it("go in all at once where a group comes all at once, however long that takes", () => {
    const decoder = fakeDecoder();
    const flow = new VideoFeed(decoder);
    flow.configure(videoSettings);
    for (let at = 0; at < 60; at++) flow.push(picture(at * 33, at === 0), at * 20); // 1.2 s, and none has come out
    expect(decoder.given).toHaveLength(61);
    expect(flow.skips).toBe(0);
  });

  it("wait 300 ms at most once it runs: then it goes on with the next key picture", () => {
    const decoder = fakeDecoder();
    const flow = new VideoFeed(decoder);
    flow.configure(videoSettings);
    flow.push(picture(0, true), 0);
    flow.decoded(0);
    for (let at = 1; at <= 10; at++) flow.push(picture(at * 33), at * 33);
    expect(decoder.given).not.toContain("reset");
    flow.push(picture(363), 363);
    flow.push(picture(396), 396);
    flow.push(picture(429, true), 429);
    expect(decoder.given.slice(-2)).toEqual(["reset", "key 429"]);
    expect(flow.skips).toBe(1);
    expect(flow.leftOut).toBe(12);
  });

  it("are not skipped at a picture a second, where a decoder holds one back", () => {
    const decoder = fakeDecoder();
    const flow = new VideoFeed(decoder);
    flow.configure(videoSettings);
    for (let at = 0; at < 30; at++) {
      flow.push(picture(at * 1000, at === 0), at * 1000);
      flow.decoded((at - 1) * 1000);
    }
    expect(flow.skips).toBe(0);
  });

  it("go on with the next key picture where a whole group could not be decoded in its time", () => {
    const decoder = fakeDecoder();
    const flow = new VideoFeed(decoder);
    flow.configure(videoSettings);
    for (let at = 0; at < 10; at++) flow.push(picture(at * 33, at === 0), 0);
    flow.push(picture(330, true), 400);
    expect(decoder.given.slice(-2)).toEqual(["reset", "key 330"]);
  });
});
