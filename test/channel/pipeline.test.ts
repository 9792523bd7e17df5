import { describe, expect, it } from "vitest";
import type { Pipeline } from "../../src/channel/pipeline.ts";
import { NutTrack } from "../../src/ffmpeg/nut-pipe.ts";
import { decodeAmf0 } from "../../src/media/flv/amf0.ts";
import { readClock } from "../../src/media/flv/clock-body.ts";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import {
  type AudioConfig,
  type AudioFrame,
  audioFrameUs,
  decodeTimeUs,
  isFrame,
  type Packet,
  type VideoConfig,
  type VideoFrame,
} from "../../src/media/packet.ts";
import { ownClock } from "../../src/timing/input-clock.ts";
import { fixture, inPieces } from "../media/fixture.ts";
import { picture as pictureOf, sound as soundOf, withPps } from "../media/flv/packets.ts";
import { FakeSink, somebody } from "../outputs/live/fakes.ts";
import { RecordingOutput } from "../outputs/recording-output.ts";
import { livePipeline } from "./live-pipeline.ts";

const WALL_MS = 1_700_000_000_000;
const DAY_US = 24 * 3600 * 1e6;

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
function push(pipeline: Pipeline, packets: readonly Packet[]): void {
  for (const packet of packets) pipeline.push([packet], isFrame(packet) ? decodeTimeUs(packet) : 0);
}

function picture(timeUs: number, isKey: boolean): VideoFrame {
  return pictureOf([Uint8Array.of(isKey ? 0x65 : 0x41, 0x80)], isKey, timeUs);
}

function sound(timeUs: number): AudioFrame {
  return soundOf(Uint8Array.of(0x21), timeUs);
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
  it.each([
    ["when the frame was taken, not when it came", 24_500, WALL_MS - 24.5],
    ["when it was taken, up to five seconds ago", 4_999_000, WALL_MS - 4999],
    ["now for a frame of the future", -3000, WALL_MS],
    ["now for a frame of no believable age", 5_000_000, WALL_MS],
  ])("tell outputs %s", async (_what, wayUs, capturedMs) => {
    const { pipeline, outputs } = livePipeline({ wallMs: () => WALL_MS });
    const output = new RecordingOutput();
    outputs.add(output);
    pipeline.push([...settings(), picture(0, true), sound(0)], wayUs);
    await outputs.end();
    expect(output.packets.map((timed) => timed.capturedMs)).toEqual([null, null, capturedMs, capturedMs]);
  });

  it("are followed once a second by the server's clock, as it was when the picture was taken", () => {
    const { hub, pipeline } = livePipeline({ wallMs: () => WALL_MS });
    const sink = new FakeSink();
    pipeline.push([...settings(), picture(0, true), sound(0)], 20_000);
    hub.join(sink, somebody);
    for (let at = 1; at <= 30; at++) pipeline.push([picture(at * 40_000, false)], at * 40_000 + 25_000);
    expect(sink.story.match(/key@0 clock@0|delta@1000 clock@0/g)).toHaveLength(2);
    expect(sink.story.match(/clock/g)).toHaveLength(2);
    expect(clocksOf(sink.bytes)).toEqual([
      { streamMs: 0, wallMs: 1_700_000_000_000 - 20 },
      { streamMs: 1000, wallMs: 1_700_000_000_000 - 25 },
    ]);
  });

  it("are of rates of which one is corrected, and the others stay as they were", () => {
    const { pipeline } = livePipeline();
    pipeline.correct({ framerate: 25, videoKbps: 900 });
    pipeline.correct({ framerate: 12.5 });
    expect(pipeline.rates).toEqual({ framerate: 12.5, videoKbps: 900 });
  });

  it("become a stream that begins with metadata, settings and a key frame at zero", () => {
    const { hub, pipeline } = livePipeline();
    const clock = ownClock();
    const tracks = [new NutTrack(clock), new NutTrack(clock)] as const;
    const sink = new FakeSink();
    let joined = false;
    const pipes = ["video-5.1.nut", "audio-5.1.nut"].map((name) => [...inPieces(fixture(name), [4096])]);
    for (let piece = 0; piece < 100; piece++) {
      tracks.forEach((track, index) => {
        const bytes = pipes[index]?.[piece];
        if (bytes !== undefined) pipeline.push(track.push(bytes, 0), 0);
        if (joined || !hub.isReady) return;
        joined = true;
        hub.join(sink, somebody);
      });
    }
    expect(sink.story).toMatch(/^header metadata@0 video-config@0 audio-config@0 key@0 /);
    expect(sink.story).toContain(" delta@40 ");
    expect(sink.story).toContain(" key@1000 ");
    expect(pipeline.missing).toBeNull();
  });

  it("wait for the other track's settings, and then nothing of the group is lost", () => {
    const { hub, pipeline } = livePipeline();
    const [video, audio] = settings();
    push(pipeline, [video, picture(0, true), picture(40_000, false)]);
    expect(hub.isReady).toBe(false);
    expect(pipeline.missing).toBe("audio");
    push(pipeline, [audio]);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    expect(sink.story).toBe("header metadata@0 video-config@0 audio-config@0 key@0 delta@40");
  });

  it("go through 2^24 ms without a seam", () => {
    const { hub, pipeline } = livePipeline();
    const turnUs = 2 ** 24 * 1000;
    push(pipeline, [...settings(), picture(0, true)]);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    const late: Packet[] = [
      picture(turnUs - 40_000, true),
      picture(turnUs, false),
      picture(turnUs + 40_000, false),
    ];
    for (const packet of late) push(pipeline, [packet]);
    expect(sink.story).toMatch(/ key@16777176 delta@16777216 delta@16777256$/);
    expect(sink.state).toBe("open");
  });
});

describe("the key picture", () => {
  it("is the last one that went out, with the settings that went before it", () => {
    const { pipeline } = livePipeline();
    const [video, audio] = settings();
    const other = otherSettings();
    const [key, later, last] = [picture(0, true), picture(1e6, true), picture(2e6, true)];
    expect(pipeline.keyPicture).toBeNull();
    push(pipeline, [video, audio, key, sound(0), picture(40_000, false)]);
    expect(pipeline.keyPicture).toMatchObject({ config: video, frame: key, behindMs: 40 });
    push(pipeline, [later, other]);
    expect(pipeline.keyPicture).toMatchObject({ config: video, frame: later, behindMs: 0 });
    push(pipeline, [last]);
    expect(pipeline.keyPicture).toMatchObject({ config: other, frame: last, behindMs: 0 });
  });
});

describe("other settings in mid-stream", () => {
  it("come behind the last key picture once more, which is what players keep back", () => {
    const { hub, pipeline } = livePipeline();
    push(pipeline, [...settings(), picture(0, true), picture(40_000, false)]);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    push(pipeline, [otherSettings(), picture(80_000, true), picture(120_000, false)]);
    expect(sink.story).toMatch(/ delta@40 key@79 video-config@80 key@80 delta@120$/);
  });

  it("are nothing of note where they are the same, as those of a process that was started again", () => {
    const { hub, pipeline } = livePipeline();
    push(pipeline, [...settings(), picture(0, true), picture(40_000, false)]);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    push(pipeline, [settings()[0], picture(80_000, true)]);
    expect(sink.story).toMatch(/ delta@40 video-config@80 key@80$/);
  });
});

describe("another sender's first GOP that comes at once", () => {
  it("is decoded behind what filled its time, and in its place from there on", () => {
    const { hub, pipeline } = livePipeline({ tracks: { video: true, audio: false } });
    push(pipeline, [settings()[0], picture(0, true), picture(40_000, false)]);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    pipeline.sourceLost("video");
    for (let us = 50_000; us <= 2e6; us += 50_000) pipeline.tick(us);
    pipeline.sourceBegins("video");
    const gop = Array.from({ length: 6 }, (_, n) => picture(1_800_000 + n * 40_000, n === 0));
    push(pipeline, [otherSettings(), ...gop]);
    expect(sink.story).toMatch(
      / key@1840 video-config@1841 key@1841 delta@1842 delta@1880 delta@1920 delta@1960 delta@2000$/,
    );
  });
});

describe("a new epoch", () => {
  it("ends every viewer on a key frame before 2^31 ms, and who comes back starts at zero with the settings", () => {
    const { hub, pipeline } = livePipeline();
    push(pipeline, [...settings(), picture(0, true)]);
    const before = new FakeSink();
    hub.join(before, somebody);
    for (let day = 1; day <= 24; day++) push(pipeline, [picture(day * DAY_US - 40_000, false)]);
    expect(before.state).toBe("open");
    push(pipeline, [
      picture(24 * DAY_US, true),
      sound(24 * DAY_US - 1000),
      picture(24 * DAY_US + 40_000, false),
    ]);
    expect(before.state).toBe("ended");
    expect(before.story).toMatch(/ delta@2073599960$/);
    const after = new FakeSink();
    hub.join(after, somebody);
    push(pipeline, [sound(24 * DAY_US + 20_333)]);
    expect(after.story).toBe("header metadata@0 video-config@0 audio-config@0 key@0 delta@40 audio@20");
  });

  it("comes at any limit, again and again, and no time ever steps back within one", () => {
    const { hub, pipeline } = livePipeline({ epochLimitMs: 1000 });
    push(pipeline, settings());
    const stories: string[] = [];
    let sink: FakeSink | null = null;
    for (let frame = 0; frame < 250; frame++) {
      push(pipeline, [picture(frame * 40_000, frame % 10 === 0)]);
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

/** Pictures of this time, 25 a second, with the filling of a channel. */
function play(pipeline: Pipeline, fromS: number, untilS: number): void {
  push(pipeline, [settings()[0]]);
  for (let frame = fromS * 25; frame < untilS * 25; frame += 1) {
    push(pipeline, [picture(1e12 + frame * 40_000, frame % 25 === 0)]);
    pipeline.tick(1e12 + frame * 40_000);
  }
}

describe("sound that is announced and does not come", () => {
  it("is not waited for where it is encoded here; after two seconds, silence stands in for it", () => {
    const { pipeline, hub } = livePipeline({ expectedAudio: settings()[1] });
    play(pipeline, 0, 1 / 25);
    expect(hub.isReady).toBe(true);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    const sounds = () =>
      new FlvDemuxer()
        .push(sink.bytes)
        .filter((event) => event.kind === "tag" && event.type === TagType.audio && event.body[1] !== 0);
    play(pipeline, 1 / 25, 2);
    expect(sounds()).toEqual([]);
    play(pipeline, 2, 8);
    expect(sounds().length).toBeGreaterThan(200); // 47 a second
  });

  it("has its settings told once, and its place kept, where it comes a little later", () => {
    const { pipeline, hub } = livePipeline({ expectedAudio: settings()[1] });
    const sink = new FakeSink();
    play(pipeline, 0, 1 / 25);
    hub.join(sink, somebody);
    push(pipeline, [settings()[1], sound(1e12), sound(1e12 + 21_333)]);
    play(pipeline, 1 / 25, 3);
    const told = new FlvDemuxer()
      .push(sink.bytes)
      .flatMap((event) => (event.kind === "tag" && event.type === TagType.audio ? [event] : []));
    expect(told.slice(0, 3).map(({ body, timestampMs }) => [body[1], timestampMs])).toEqual([
      ...[
        [0, 0],
        [1, 0],
        [1, 21],
      ],
    ]);
    expect(told.filter(({ body }) => body[1] === 0)).toHaveLength(1);
  });

  it("is not waited for once its settings are told, unless no silence can be made of them", () => {
    const [, config] = settings();
    const { pipeline, hub } = livePipeline({});
    const ownLayout = { ...config, decoderConfig: Uint8Array.of(0x12, 0, 5, 4, 5, 0, 0x20, 0) };
    pipeline.expectAudio(ownLayout, false);
    play(pipeline, 0, 3);
    expect(hub.isReady).toBe(false);
    pipeline.expectAudio(config, false);
    play(pipeline, 3, 6);
    expect(hub.isReady).toBe(true);
    expect(pipeline.audioConfig).toEqual(config);
  });

  it("is waited for where nobody knows what it will be", () => {
    const { pipeline, hub } = livePipeline({});
    play(pipeline, 0, 10);
    expect(hub.isReady).toBe(false);
  });
});

describe("sound that waits for the video of an encoder", () => {
  it("goes on where another encoder holds none back", () => {
    const [video, audio] = settings();
    const { pipeline, hub } = livePipeline({ interleaves: true });
    const sounds = Array.from({ length: 20 }, (_, n) => sound(Math.round(n * audioFrameUs(audio))));
    push(pipeline, [video, audio, picture(0, true), ...sounds]);
    const sink = new FakeSink();
    hub.join(sink, somebody);
    const seen = () =>
      new FlvDemuxer()
        .push(sink.bytes)
        .filter((event) => event.kind === "tag" && event.type === TagType.audio && event.body[1] === 1);
    expect(seen()).toHaveLength(1);
    pipeline.interleave(false);
    push(pipeline, [picture(40_000, false)]);
    expect(seen()).toHaveLength(20);
  });
});
