import { describe, expect, it } from "vitest";
import { ownClock } from "../../src/codec/input-clock.ts";
import { NutTrack } from "../../src/codec/nut-track.ts";
import type { AudioConfig, AudioFrame, Packet, VideoConfig, VideoFrame } from "../../src/codec/packet.ts";
import { Feed } from "../../src/live/feed.ts";
import { fixture, inPieces } from "../codec/fixture.ts";
import { FakeSink, videoChannel } from "./fakes.ts";

const BOTH = { video: true, audio: true };
const DAY_US = 24 * 3600 * 1e6;

function feedOf(channel = videoChannel(), epochLimitMs?: number) {
  const limit = epochLimitMs === undefined ? {} : { epochLimitMs };
  return { channel, feed: new Feed({ channel, tracks: BOTH, rates: {}, encoderName: "test", ...limit }) };
}

/** The settings of real streams, to go with frames of any time. */
function settings(): readonly [VideoConfig, AudioConfig] {
  const [video, audio] = [firstPacket("video-5.1.nut"), firstPacket("audio-5.1.nut")];
  if (video?.kind !== "video-config" || audio?.kind !== "audio-config") throw new Error("no settings");
  return [video, audio];
}

function firstPacket(name: string): Packet | undefined {
  return new NutTrack(ownClock()).push(fixture(name), 0)[0];
}

function picture(timeUs: number, isKey: boolean): VideoFrame {
  return {
    kind: "video-frame",
    codec: "h264",
    isKey,
    timeUs,
    nalUnits: [Uint8Array.of(isKey ? 0x65 : 0x41, 0x80)],
  };
}

function sound(timeUs: number): AudioFrame {
  return { kind: "audio-frame", codec: "aac", timeUs, data: Uint8Array.of(0x21) };
}

describe("packets on their way to a channel", () => {
  it("become a stream that begins with metadata, settings and a key frame at zero", () => {
    const { channel, feed } = feedOf();
    const clock = ownClock();
    const tracks = [new NutTrack(clock), new NutTrack(clock)] as const;
    const sink = new FakeSink();
    let joined = false;
    const pipes = ["video-5.1.nut", "audio-5.1.nut"].map((name) => [...inPieces(fixture(name), [4096])]);
    for (let piece = 0; piece < 100; piece++) {
      tracks.forEach((track, index) => {
        const bytes = pipes[index]?.[piece];
        if (bytes !== undefined) feed.push(track.push(bytes, 0));
        if (joined || !channel.isReady) return;
        joined = true;
        channel.join(sink);
      });
    }
    expect(sink.story).toMatch(/^header metadata@0 video-config@0 audio-config@0 key@0 /);
    expect(sink.story).toContain(" delta@40 ");
    expect(sink.story).toContain(" key@1000 ");
    expect(feed.missing).toBeNull();
  });

  it("wait for the other track's settings, and then nothing of the group is lost", () => {
    const { channel, feed } = feedOf();
    const [video, audio] = settings();
    feed.push([video, picture(0, true), picture(40_000, false)]);
    expect(channel.isReady).toBe(false);
    expect(feed.missing).toBe("audio");
    feed.push([audio]);
    const sink = new FakeSink();
    channel.join(sink);
    expect(sink.story).toBe("header metadata@0 video-config@0 audio-config@0 key@0 delta@40");
  });

  it("go through 2^24 ms without a seam", () => {
    const { channel, feed } = feedOf();
    const turnUs = 2 ** 24 * 1000;
    feed.push([...settings(), picture(0, true)]);
    const sink = new FakeSink();
    channel.join(sink);
    const late: Packet[] = [
      picture(turnUs - 40_000, true),
      picture(turnUs, false),
      picture(turnUs + 40_000, false),
    ];
    for (const packet of late) feed.push([packet]);
    expect(sink.story).toMatch(/ key@16777176 delta@16777216 delta@16777256$/);
    expect(sink.state).toBe("open");
  });
});

describe("a new epoch", () => {
  it("ends every viewer on a key frame before 2^31 ms, and who comes back starts at zero with the settings", () => {
    const { channel, feed } = feedOf();
    feed.push([...settings(), picture(0, true)]);
    const before = new FakeSink();
    channel.join(before);
    for (let day = 1; day <= 24; day++) feed.push([picture(day * DAY_US - 40_000, false)]);
    expect(before.state).toBe("open");
    feed.push([picture(24 * DAY_US, true), sound(24 * DAY_US - 1000), picture(24 * DAY_US + 40_000, false)]);
    expect(before.state).toBe("ended");
    expect(before.story).toMatch(/ delta@2073599960$/);
    const after = new FakeSink();
    channel.join(after);
    feed.push([sound(24 * DAY_US + 20_333)]);
    expect(after.story).toBe("header metadata@0 video-config@0 audio-config@0 key@0 delta@40 audio@20");
  });

  it("comes at any limit, again and again, and no time ever steps back within one", () => {
    const { channel, feed } = feedOf(videoChannel(), 1000);
    feed.push(settings());
    const stories: string[] = [];
    let sink: FakeSink | null = null;
    for (let frame = 0; frame < 250; frame++) {
      feed.push([picture(frame * 40_000, frame % 10 === 0)]);
      if (sink !== null && sink.state === "open") continue;
      if (sink !== null) stories.push(sink.story);
      sink = new FakeSink();
      channel.join(sink);
    }
    expect(stories).toHaveLength(8);
    for (const story of stories) {
      expect(story.replaceAll(/@\d+/g, "")).toMatch(
        /^header metadata video-config audio-config key( delta| key)+$/,
      );
      const times = [...story.matchAll(/(?:key|delta)@(\d+)/g)].map((match) => Number(match[1]));
      expect(times).toEqual(Array.from({ length: 30 }, (_, n) => n * 40));
    }
  });
});
