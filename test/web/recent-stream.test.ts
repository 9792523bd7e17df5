import { describe, expect, it } from "vitest";
import { encodeAmf0 } from "../../src/media/flv/amf0.ts";
import { encodeClock } from "../../src/media/flv/clock-tag.ts";
import { FlvDemuxer, type FlvEvent } from "../../src/media/flv/demuxer.ts";
import { encodeHeader } from "../../src/media/flv/header.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { encodeTag } from "../../src/media/flv/tag.ts";
import { StreamWallClock } from "../../src/web/clocks.ts";
import { RecentStream } from "../../src/web/recent-stream.ts";
import { readSample } from "../../src/web/sample.ts";

const videoConfig = encodeTag(TagType.video, 0, [Uint8Array.of(0x17, 0, 0, 0, 0, 1, 0x64, 0, 0x1f)]);
const audioConfig = encodeTag(TagType.audio, 0, [Uint8Array.of(0xaf, 0, 0x11, 0x90)]);
const key = (ms: number) => encodeTag(TagType.video, ms, [Uint8Array.of(0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65)]);
const delta = (ms: number) =>
  encodeTag(TagType.video, ms, [Uint8Array.of(0x27, 1, 0, 0, 0, 0, 0, 0, 1, 0x41)]);
const sound = (ms: number) => encodeTag(TagType.audio, ms, [Uint8Array.of(0xaf, 1, 0x21)]);
const metadata = encodeTag(TagType.script, 0, [
  encodeAmf0("onMetaData", { kind: "ecma-array", properties: [] }),
]);
const clock = encodeClock({ streamMs: 5000, wallMs: 1_000_000 }).bytes;

function after(...tags: readonly Uint8Array[]): readonly FlvEvent[] {
  const demuxer = new FlvDemuxer();
  const recent = new RecentStream();
  for (const part of [encodeHeader({ video: true, audio: true }), ...tags]) {
    for (const event of demuxer.push(part)) {
      if (event.kind === "header") recent.begin(event);
      else recent.add(event, readSample(event));
    }
  }
  return recent.events();
}

const kinds = (events: readonly FlvEvent[]) =>
  events.map((event) => {
    if (event.kind === "header") return "header";
    const sample = readSample(event);
    return sample?.kind === "video-frame"
      ? `${sample.isKey ? "key" : "delta"} ${event.timestampMs}`
      : sample?.kind;
  });

describe("what a player begins with in mid-stream", () => {
  it("is header, settings and all since the last key picture", () => {
    const events = after(
      metadata,
      videoConfig,
      audioConfig,
      key(0),
      sound(3),
      delta(33),
      clock,
      key(1000),
      clock,
      sound(990),
    );
    expect(kinds(events)).toEqual([
      "header",
      "metadata",
      "video-config",
      "audio-config",
      "key 1000",
      "audio-frame",
    ]);
  });

  it("is the new settings alone, until their key picture has come", () => {
    const events = after(videoConfig, audioConfig, key(0), delta(33), videoConfig, delta(66));
    expect(kinds(events)).toEqual(["header", "video-config", "audio-config"]);
  });
});

describe("the server's time in the stream", () => {
  it("tells when a picture was taken", () => {
    const time = new StreamWallClock();
    expect(time.wallMs(5033)).toBeNull();
    const demuxer = new FlvDemuxer();
    for (const event of [encodeHeader({ video: true, audio: true }), clock].flatMap((part) =>
      demuxer.push(part),
    )) {
      const sample = event.kind === "tag" ? readSample(event) : null;
      if (sample?.kind === "clock") time.set(sample.clock);
    }
    expect(time.wallMs(5033)).toBe(1_000_033);
    time.clear();
    expect(time.wallMs(5033)).toBeNull();
  });
});
