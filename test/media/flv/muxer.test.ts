import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAudioBody } from "../../../src/media/flv/audio-body.ts";
import { joinBytes } from "../../../src/media/flv/bytes.ts";
import { FlvDemuxer, type FlvTagEvent } from "../../../src/media/flv/demuxer.ts";
import { encodeHeader } from "../../../src/media/flv/header.ts";
import { Muxer } from "../../../src/media/flv/muxer.ts";
import type { Tag } from "../../../src/media/flv/tag.ts";
import { parseVideoBody } from "../../../src/media/flv/video-body.ts";
import type { Packet } from "../../../src/media/packet.ts";
import { bytes, hex } from "./hex.ts";
import { audioConfig, picture, sound, videoConfig, withPps } from "./packets.ts";

const both = { video: true, audio: true };

function muxer(tracks = both): Muxer {
  return new Muxer({ tracks, rates: {}, encoderName: "flvcast 0.1.0" });
}

function begun(tracks = both): Muxer {
  const begunMuxer = muxer(tracks);
  if (tracks.video) begunMuxer.push(videoConfig, 0);
  if (tracks.audio) begunMuxer.push(audioConfig, 0);
  return begunMuxer;
}

function roles(tags: readonly Tag[]): string[] {
  return tags.map((tag) => tag.role);
}

describe("the beginning of a stream", () => {
  it("is metadata, then the sequence headers, once all configs are known", () => {
    const inOrder = muxer();
    expect(inOrder.push(videoConfig, 0)).toEqual([]);
    expect(roles(inOrder.push(audioConfig, 7))).toEqual(["metadata", "video-config", "audio-config"]);
    const audioFirst = muxer();
    expect(audioFirst.push(audioConfig, 0)).toEqual([]);
    expect(roles(audioFirst.push(videoConfig, 7))).toEqual(["metadata", "video-config", "audio-config"]);
  });

  it("waits for no config of a track that the stream has not", () => {
    expect(roles(muxer({ video: true, audio: false }).push(videoConfig, 0))).toEqual([
      "metadata",
      "video-config",
    ]);
    expect(roles(muxer({ video: false, audio: true }).push(audioConfig, 0))).toEqual([
      "metadata",
      "audio-config",
    ]);
  });

  it("has no frame before its configs", () => {
    const waiting = muxer();
    waiting.push(videoConfig, 0);
    expect(() => waiting.push(picture([bytes("65")], true), 0)).toThrow("before the configs");
    expect(() => waiting.push(sound(bytes("21")), 0)).toThrow("before the configs");
  });

  it("has no packet of a track that the stream has not", () => {
    expect(() => muxer({ video: true, audio: false }).push(audioConfig, 0)).toThrow("without audio");
    expect(() => muxer({ video: false, audio: true }).push(videoConfig, 0)).toThrow("without video");
    expect(() => begun({ video: true, audio: false }).push(sound(bytes("21")), 0)).toThrow(
      "before the configs",
    );
  });
});

describe("a config in the middle of a stream", () => {
  it("is a new sequence header behind new metadata when that changed", () => {
    const smaller = { ...videoConfig, width: 640, height: 360 };
    expect(roles(begun().push(smaller, 40))).toEqual(["metadata", "video-config"]);
    expect(roles(begun().push({ ...audioConfig, channels: 1 }, 40))).toEqual(["metadata", "audio-config"]);
  });

  it("is a sequence header alone when the metadata stays true", () => {
    const [tag, ...more] = begun().push(withPps(videoConfig, bytes("68 ee 3c 80")), 40);
    expect(tag).toMatchObject({ role: "video-config", timestampMs: 40 });
    expect(more).toEqual([]);
    expect(roles(begun().push(videoConfig, 40))).toEqual(["video-config"]);
  });
});

describe("the bytes of a tag", () => {
  it.each<[string, Packet, string, string]>([
    [
      "an AVC sequence header (E.4.3)",
      videoConfig,
      "video-config",
      "09 000034 010203 04 000000 17 00 000000 " +
        "01 64001f ff e1 001a 6764001facd9405005bb0110000003001000000303c0f1831960 01 0006 68ebe3cb22c0 fd f8 f8 00 " +
        "0000003f",
    ],
    [
      "a key frame of two NAL units (E.4.3)",
      picture([bytes("0605"), bytes("658884")], true),
      "key",
      "09 000012 010203 04 000000 17 01 000000 00000002 0605 00000003 658884 0000001d",
    ],
    [
      "a delta frame (E.4.3)",
      picture([bytes("419a")]),
      "delta",
      "09 00000b 010203 04 000000 27 01 000000 00000002 419a 00000016",
    ],
    [
      "a frame that is shown 300.4 ms after it was decoded: its CompositionTime (E.4.3)",
      { ...picture([bytes("419a")]), decodeTimeUs: 7_000_000, presentationTimeUs: 7_300_400 },
      "delta",
      "09 00000b 010203 04 000000 27 01 00012c 00000002 419a 00000016",
    ],
    [
      "an AAC sequence header (E.4.2)",
      audioConfig,
      "audio-config",
      "08 000004 010203 04 000000 af 00 1190 0000000f",
    ],
    ["an AAC frame (E.4.2)", sound(bytes("2110")), "audio", "08 000004 010203 04 000000 af 01 2110 0000000f"],
  ])("are the specification's for %s", (_, packet, role, expected) => {
    const tag = begun().push(packet, 0x0401_0203).at(-1);
    expect(tag?.role).toBe(role);
    expect(hex(tag?.bytes ?? bytes(""), expected)).toBe(expected);
  });
});

describe("a stream through muxer and demuxer", () => {
  const unit = fc.uint8Array({ minLength: 1, maxLength: 40 });
  const frame = fc.oneof(
    fc
      .tuple(fc.array(unit, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([units, isKey]) => picture(units, isKey)),
    unit.map(sound),
  );
  const timed = fc.tuple(frame, fc.nat(0x7fff_ffff));

  it("keeps every frame, its key flag, its NAL units and its time", () => {
    fc.assert(
      fc.property(fc.array(timed), (frames) => {
        const source = begun();
        const demuxer = new FlvDemuxer();
        demuxer.push(encodeHeader(both));
        const events = frames.flatMap(([packet, timestampMs]) =>
          source.push(packet, timestampMs).flatMap((tag) => demuxer.push(tag.bytes)),
        );
        demuxer.end();
        expect(events.map((event) => event.kind === "tag" && [parsed(event), event.timestampMs])).toEqual(
          frames.map(([packet, timestampMs]) => [expectedBody(packet), timestampMs]),
        );
      }),
    );
  });

  it("keeps time across 2^24 ms and up to 2^31 - 1 ms", () => {
    const source = begun();
    const times = [
      0xff_fffe, 0xff_ffff, 0x100_0000, 0x100_0001, 0x1ff_ffff, 0x200_0000, 0x7fff_fffe, 0x7fff_ffff,
    ];
    const demuxer = new FlvDemuxer();
    demuxer.push(encodeHeader(both));
    const events = times.flatMap((timestampMs) =>
      source.push(sound(bytes("21")), timestampMs).flatMap((tag) => demuxer.push(tag.bytes)),
    );
    expect(events.map((event) => event.kind === "tag" && event.timestampMs)).toEqual(times);
    expect(() => source.push(sound(bytes("21")), 0x8000_0000)).toThrow(RangeError);
  });
});

function parsed(event: FlvTagEvent): unknown {
  return event.type === 9 ? parseVideoBody(event.body) : parseAudioBody(event.body);
}

function expectedBody(packet: ReturnType<typeof picture> | ReturnType<typeof sound>): unknown {
  return packet.kind === "video-frame"
    ? {
        kind: "video-frame",
        isKey: packet.isKey,
        compositionTimeMs: 0,
        data: joinBytes(packet.units.flatMap((unit) => [Uint8Array.of(0, 0, 0, unit.length), unit])),
        units: packet.units.map((unit) => new Uint8Array(unit)),
      }
    : { kind: "audio-frame", data: new Uint8Array(packet.data) };
}
