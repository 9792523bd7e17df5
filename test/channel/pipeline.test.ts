import { describe, expect, it } from "vitest";
import { ClockTags, Pipeline } from "../../src/channel/pipeline.ts";
import { NutTrack } from "../../src/ffmpeg/nut-pipe.ts";
import { decodeAmf0 } from "../../src/media/flv/amf0.ts";
import { readClock } from "../../src/media/flv/clock-body.ts";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import {
  type AudioConfig,
  type AudioFrame,
  decodeTimeUs,
  isFrame,
  type Packet,
  type VideoConfig,
  type VideoFrame,
} from "../../src/media/packet.ts";
import { ownClock } from "../../src/timing/input-clock.ts";
import { fixture, inPieces } from "../media/fixture.ts";
import { withPps } from "../media/flv/packets.ts";
import { FakeSink, somebody, videoHub } from "../outputs/live/fakes.ts";

const BOTH = { video: true, audio: true };
const DAY_US = 24 * 3600 * 1e6;

function pipelineOf(hub = videoHub(), epochLimitMs?: number) {
  const limit = epochLimitMs === undefined ? {} : { epochLimitMs };
  return { hub, feed: new Pipeline({ hub, tracks: BOTH, rates: {}, encoderName: "test", ...limit }) };
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

/** As live packets come: when they are made. */
function push(feed: Pipeline, packets: readonly Packet[]): void {
  for (const packet of packets) feed.push([packet], isFrame(packet) ? decodeTimeUs(packet) : 0);
}

function picture(timeUs: number, isKey: boolean): VideoFrame {
  return {
    kind: "video-frame",
    codec: "h264",
    isKey,
    decodeTimeUs: timeUs,
    presentationTimeUs: timeUs,
    units: [Uint8Array.of(isKey ? 0x65 : 0x41, 0x80)],
  };
}

function sound(timeUs: number): AudioFrame {
  return { kind: "audio-frame", codec: "aac", presentationTimeUs: timeUs, data: Uint8Array.of(0x21) };
}

/** Those of another encoder. */
function otherSettings(): VideoConfig {
  return withPps(settings()[0], Uint8Array.of(0x68, 0xee, 0x3c, 0x80));
}

function clocksOf(bytes: Uint8Array) {
  const tags = new FlvDemuxer().push(bytes).filter((event) => event.kind === "tag");
  return tags
    .filter(({ type }) => type === TagType.script)
    .map(({ body }) => readClock(...decodeAmf0(body)))
    .filter((clock) => clock !== null);
}

describe("packets on their way to a channel", () => {
  it("are followed once a second by the server's clock, as it was when the picture was taken", () => {
    const hub = videoHub();
    const feed = new Pipeline({
      hub,
      tracks: BOTH,
      rates: {},
      encoderName: "test",
      wallMs: () => 1_700_000_000_000,
    });
    const sink = new FakeSink();
    feed.push([...settings(), picture(0, true), sound(0)], 20_000);
    hub.join(sink, somebody);
    for (let at = 1; at <= 30; at++) feed.push([picture(at * 40_000, false)], at * 40_000 + 25_000);
    expect(sink.story.match(/key@0 clock@0|delta@1000 clock@0/g)).toHaveLength(2);
    expect(sink.story.match(/clock/g)).toHaveLength(2);
    expect(clocksOf(sink.bytes)).toEqual([
      { streamMs: 0, wallMs: 1_700_000_000_000 - 20 },
      { streamMs: 1000, wallMs: 1_700_000_000_000 - 25 },
    ]);
  });

  it("become a stream that begins with metadata, settings and a key frame at zero", () => {
    const { hub, feed } = pipelineOf();
    const clock = ownClock();
    const tracks = [new NutTrack(clock), new NutTrack(clock)] as const;
    const sink = new FakeSink();
    let joined = false;
    const pipes = ["video-5.1.nut", "audio-5.1.nut"].map((name) => [...inPieces(fixture(name), [4096])]);
    for (let piece = 0; piece < 100; piece++) {
      tracks.forEach((track, index) => {
        const bytes = pipes[index]?.[piece];
        if (bytes !== undefined) feed.push(track.push(bytes, 0), 0);
        if (joined || !hub.isReady) return;
        joined = true;
        hub.join(sink, somebody);
      });
    }
    expect(sink.story).toMatch(/^header metadata@0 video-config@0 audio-config@0 key@0 /);
    expect(sink.story).toContain(" delta@40 ");
    expect(sink.story).toContain(" key@1000 ");
    expect(feed.missing).toBeNull();
  });

  it("wait for the other track's settings, and then nothing of the group is lost", () => {
    const { hub, feed } = pipelineOf();
    const [video, audio] = settings();
    push(feed, [video, picture(0, true), picture(40_000, false)]);
    expect(hub.isReady).toBe(false);
    expect(feed.missing).toBe("audio");
    push(feed, [audio]);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    expect(sink.story).toBe("header metadata@0 video-config@0 audio-config@0 key@0 delta@40");
  });

  it("go through 2^24 ms without a seam", () => {
    const { hub, feed } = pipelineOf();
    const turnUs = 2 ** 24 * 1000;
    push(feed, [...settings(), picture(0, true)]);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    const late: Packet[] = [
      picture(turnUs - 40_000, true),
      picture(turnUs, false),
      picture(turnUs + 40_000, false),
    ];
    for (const packet of late) push(feed, [packet]);
    expect(sink.story).toMatch(/ key@16777176 delta@16777216 delta@16777256$/);
    expect(sink.state).toBe("open");
  });
});

describe("the key picture", () => {
  it("is the last one that went out, with the settings that went before it", () => {
    const { feed } = pipelineOf();
    const [video, audio] = settings();
    const other = otherSettings();
    const [key, later, last] = [picture(0, true), picture(1e6, true), picture(2e6, true)];
    expect(feed.keyPicture).toBeNull();
    push(feed, [video, audio, key, sound(0), picture(40_000, false)]);
    expect(feed.keyPicture).toEqual({ config: video, frame: key });
    push(feed, [later, other]);
    expect(feed.keyPicture).toEqual({ config: video, frame: later });
    push(feed, [last]);
    expect(feed.keyPicture).toEqual({ config: other, frame: last });
  });
});

describe("other settings in mid-stream", () => {
  it("come behind the last key picture once more, which is what players keep back", () => {
    const { hub, feed } = pipelineOf();
    push(feed, [...settings(), picture(0, true), picture(40_000, false)]);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    push(feed, [otherSettings(), picture(80_000, true), picture(120_000, false)]);
    expect(sink.story).toMatch(/ delta@40 key@79 video-config@80 key@80 delta@120$/);
  });

  it("are nothing of note where they are the same, as those of a process that was started again", () => {
    const { hub, feed } = pipelineOf();
    push(feed, [...settings(), picture(0, true), picture(40_000, false)]);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    push(feed, [settings()[0], picture(80_000, true)]);
    expect(sink.story).toMatch(/ delta@40 video-config@80 key@80$/);
  });
});

describe("a new epoch", () => {
  it("ends every viewer on a key frame before 2^31 ms, and who comes back starts at zero with the settings", () => {
    const { hub, feed } = pipelineOf();
    push(feed, [...settings(), picture(0, true)]);
    const before = new FakeSink();
    hub.join(before, somebody);
    for (let day = 1; day <= 24; day++) push(feed, [picture(day * DAY_US - 40_000, false)]);
    expect(before.state).toBe("open");
    push(feed, [picture(24 * DAY_US, true), sound(24 * DAY_US - 1000), picture(24 * DAY_US + 40_000, false)]);
    expect(before.state).toBe("ended");
    expect(before.story).toMatch(/ delta@2073599960$/);
    const after = new FakeSink();
    hub.join(after, somebody);
    push(feed, [sound(24 * DAY_US + 20_333)]);
    expect(after.story).toBe("header metadata@0 video-config@0 audio-config@0 key@0 delta@40 audio@20");
  });

  it("comes at any limit, again and again, and no time ever steps back within one", () => {
    const { hub, feed } = pipelineOf(videoHub(), 1000);
    push(feed, settings());
    const stories: string[] = [];
    let sink: FakeSink | null = null;
    for (let frame = 0; frame < 250; frame++) {
      push(feed, [picture(frame * 40_000, frame % 10 === 0)]);
      if (sink !== null && sink.state === "open") continue;
      if (sink !== null) stories.push(sink.story);
      sink = new FakeSink();
      hub.join(sink, somebody);
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

const wallMs = 1_700_000_000_000;

it("tells the time once a second of the stream, and when the stream begins anew", () => {
  const clockTags = new ClockTags(() => wallMs);
  const told = [0, 33, 966, 1000, 1033, 2033, 0, 40].map((streamMs) => clockTags.tell(streamMs, 0)?.streamMs);
  expect(told).toEqual([0, undefined, undefined, 1000, undefined, 2033, 0, undefined]);
});

it("tells when the frame was taken, not when it came", () => {
  expect(new ClockTags(() => wallMs).tell(0, 24.5)).toEqual({ streamMs: 0, wallMs: wallMs - 24.5 });
});

it("takes a frame of no believable age for one of now", () => {
  for (const ageMs of [-3, 5000, Number.NaN])
    expect(new ClockTags(() => wallMs).tell(0, ageMs)).toEqual({ streamMs: 0, wallMs });
});
