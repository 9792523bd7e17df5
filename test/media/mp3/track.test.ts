import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMp3Header, silentMp3Frame } from "../../../src/media/mp3/frame.ts";
import { Mp3Track } from "../../../src/media/mp3/track.ts";
import { bytes, md5, probe } from "../fixture.ts";
import { recorded } from "../nut-track.ts";

describe("an MP3 frame's header (ISO/IEC 11172-3, 2.4.1.3)", () => {
  test.each([
    ["fffb 94 c0", 48_000, 1, 1152, 384],
    ["fffb 90 00", 44_100, 2, 1152, 417],
    ["fffb 92 00", 44_100, 2, 1152, 418],
    ["fffa 18 c0", 32_000, 1, 1152, 144],
    ["fff3 40 c4", 22_050, 1, 576, 104],
    ["ffe3 88 c4", 8000, 1, 576, 576],
    ["fffb 00 00", 44_100, 2, 1152, null],
  ])("%s", (header, sampleRateHz, channels, samplesPerFrame, frameBytes) => {
    expect(readMp3Header(bytes(header))).toEqual({ sampleRateHz, channels, samplesPerFrame, frameBytes });
  });

  test.each(["fffb90", "fefb9000", "fffd9000", "fffb9c00", "fffbf000", "ffeb9000"])(
    "%s is none",
    (header) => {
      expect(readMp3Header(bytes(header))).toBeNull();
    },
  );
});

test.each([
  [44_100, 2],
  [48_000, 1],
  [22_050, 2],
  [8000, 1],
])("silence at %i Hz with %i channels is a whole frame of them", (sampleRateHz, channels) => {
  const frame = silentMp3Frame(sampleRateHz, channels) ?? new Uint8Array();
  expect(readMp3Header(frame)).toMatchObject({ sampleRateHz, channels, frameBytes: frame.length });
  expect(frame.subarray(4).every((byte) => byte === 0)).toBe(true);
});

test("there is no silence of a rate that MP3 has not", () => {
  expect(silentMp3Frame(96_000, 2)).toBeNull();
});

describe("an MP3 track", () => {
  test("is one configuration and then every frame as it was", () => {
    const [config, ...frames] = recorded("mp3-5.1.nut").packets;
    expect(config).toMatchObject({
      ...{ kind: "audio-config", codec: "mp3", channels: 2 },
      ...{ sampleRateHz: 44_100, samplesPerFrame: 1152 },
    });
    expect(frames.map((frame) => frame.kind === "audio-frame" && md5(frame.data))).toEqual(
      probe("mp3-5.1.nut").packets.map(({ data_hash }) => data_hash),
    );
  });

  test("takes several frames of one packet apart, each with its time", () => {
    const frame = silentMp3Frame(48_000, 2) ?? new Uint8Array();
    const packets = new Mp3Track().push(Buffer.concat([frame, frame]), 1000);
    expect(packets.slice(1)).toMatchObject([{ presentationTimeUs: 1000 }, { presentationTimeUs: 25_000 }]);
  });

  test("drops what is damaged, and counts it", () => {
    const track = new Mp3Track();
    const frame = silentMp3Frame(48_000, 2) ?? new Uint8Array();
    expect(track.push(frame.subarray(0, -1), 0)).toEqual([]);
    expect(track.push(Buffer.concat([frame, bytes("00")]), 0)).toHaveLength(2);
    expect(track.drops.take()).toMatchObject({ damaged: 2 });
  });

  test("tells of another rate before its frame", () => {
    const track = new Mp3Track();
    const kinds = [44_100, 48_000].map((rateHz) =>
      track.push(silentMp3Frame(rateHz, 2) ?? new Uint8Array(), 0).map(({ kind }) => kind),
    );
    expect(kinds).toEqual([
      ["audio-config", "audio-frame"],
      ["audio-config", "audio-frame"],
    ]);
  });

  test("of any bytes is packets", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        expect(new Mp3Track().push(Uint8Array.of(0xff, 0xfb, ...data), 0).length).toBeLessThan(20);
      }),
    );
  });
});
