import { describe, expect, it } from "vitest";
import { encodeAmf0 } from "../../src/media/flv/amf0.ts";
import { encodeClock } from "../../src/media/flv/clock-tag.ts";
import type { FlvEvent } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { encodeTag } from "../../src/media/flv/tag.ts";
import { StreamWallClock } from "../../src/web/clocks.ts";
import { RecentStream } from "../../src/web/recent-stream.ts";
import { readSample } from "../../src/web/sample.ts";
import { audioConfig, delta, eventsOf, key, sound, videoConfig } from "./stream.ts";

const metadata = encodeTag(TagType.script, 0, [
  encodeAmf0("onMetaData", { kind: "ecma-array", properties: [] }),
]);
const clock = encodeClock({ streamMs: 5000, wallMs: 1_000_000 }).bytes;

function after(...tags: readonly Uint8Array[]): readonly FlvEvent[] {
  const recent = new RecentStream();
  for (const event of eventsOf(tags)) {
    if (event.kind === "header") recent.begin(event);
    else recent.add(event, readSample(event));
  }
  return recent.events();
}

const mp3 = (ms: number) => encodeTag(TagType.audio, ms, [Uint8Array.of(0x2f, 0xff, 0xfb, 0x90, 0x64)]);

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

  it("is without the settings of sound that another codec has replaced, which needs none", () => {
    const events = after(videoConfig, audioConfig, key(0), sound(3), mp3(27), key(1000), mp3(1003));
    expect(kinds(events)).toEqual(["header", "video-config", "key 1000", "audio-frame"]);
  });

  it("is of the newest connection alone", () => {
    const recent = new RecentStream();
    for (const event of [...eventsOf([videoConfig, key(0)]), ...eventsOf([audioConfig, delta(33)])]) {
      if (event.kind === "header") recent.begin(event);
      else recent.add(event, readSample(event));
    }
    expect(kinds(recent.events())).toEqual(["header", "audio-config"]);
  });

  it("holds 32 MiB at most, counted anew with each key picture", () => {
    const bytes = new Uint8Array(16 * 1024 * 1024 - 100);
    const recent = new RecentStream();
    const take = (...tags: readonly Uint8Array[]) => {
      for (const event of eventsOf(tags)) {
        if (event.kind === "header") continue;
        recent.add(event.timestampMs === 33 ? { ...event, bytes } : event, readSample(event));
      }
      return kinds(recent.events());
    };
    expect(take(videoConfig, key(0), delta(33), delta(33))).toHaveLength(4);
    expect(take(key(1000), delta(33), delta(33))).toHaveLength(4);
    expect(take(delta(33))).toEqual(["video-config"]);
    expect(take(delta(2000))).toEqual(["video-config"]);
  });
});

describe("the server's time in the stream", () => {
  it("tells when a picture was taken", () => {
    const time = new StreamWallClock();
    expect(time.wallMs(5033)).toBeNull();
    for (const event of eventsOf([clock])) {
      const sample = event.kind === "tag" ? readSample(event) : null;
      if (sample?.kind === "clock") time.set(sample.clock);
    }
    expect(time.wallMs(5033)).toBe(1_000_033);
    time.clear();
    expect(time.wallMs(5033)).toBeNull();
  });
});
