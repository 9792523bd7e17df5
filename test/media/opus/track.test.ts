import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { parseOpusHead, RTP_HEAD } from "../../../src/media/opus/head.ts";
import { packetSamples, silentPacket } from "../../../src/media/opus/packet.ts";
import { OpusTrack } from "../../../src/media/opus/track.ts";
import { bytes, hex, isResultOrCorrupt, md5, probe } from "../fixture.ts";
import { recorded } from "../nut-track.ts";

const HEAD = bytes("4f70757348656164 01 02 3801 80bb0000 0000 00");

describe("an OpusHead (RFC 7845, 5.1)", () => {
  test("tells the channels", () => {
    expect(parseOpusHead(HEAD)).toEqual({ channels: 2, mappingFamily: 0 });
    expect(parseOpusHead(RTP_HEAD)).toEqual({ channels: 2, mappingFamily: 0 });
  });

  test.each([
    ["of another magic", "4f70757354616773 01 02 3801 80bb0000 0000 00"],
    ["of another version", "4f70757348656164 11 02 3801 80bb0000 0000 00"],
    ["without channels", "4f70757348656164 01 00 3801 80bb0000 0000 00"],
  ])("%s is corrupt", (_, head) => {
    expect(() => new OpusTrack(bytes(head))).toThrow(CorruptInputError);
  });

  test("cut short anywhere is corrupt", () => {
    for (let end = 1; end < HEAD.length; end++)
      expect(() => new OpusTrack(HEAD.subarray(0, end))).toThrow(CorruptInputError);
  });
});

describe("the length of a packet (RFC 6716, 3.1)", () => {
  test.each([
    ["SILK, 10 ms", "00", 480],
    ["SILK, 60 ms", "18", 2880],
    ["hybrid, 20 ms", "68", 960],
    ["CELT, 2.5 ms", "80", 120],
    ["CELT, 20 ms, stereo", "fc", 960],
    ["two frames of one size", "fd", 1920],
    ["two frames of two sizes", "fe", 1920],
    ["three frames", "ff03", 2880],
    ["48 frames of 2.5 ms", "8330", 5760],
  ])("%s", (_, packet, samples) => {
    expect(packetSamples(bytes(packet))).toBe(samples);
  });

  test.each(["", "ff00", "ff", "ff07", "8331"])("%j is corrupt", (packet) => {
    expect(() => packetSamples(bytes(packet))).toThrow(CorruptInputError);
  });
});

test("silence is as long as the packets whose place it takes", () => {
  for (const samples of [120, 240, 480, 960, 1920, 2880]) {
    const packet = silentPacket(samples, 1);
    expect(packet && packetSamples(packet)).toBe(samples);
  }
  expect([silentPacket(960, 2), silentPacket(960, 1)].map((one) => one && hex(one))).toEqual([
    ...["fcfffe", "f8fffe"],
  ]);
  expect(silentPacket(1440, 2)).toBeNull();
  expect(silentPacket(960, 6)).toBeNull();
});

describe("an Opus track", () => {
  test("is one configuration and then every packet as it was", () => {
    const [config, ...frames] = recorded("opus-5.1.nut").packets;
    expect(config).toMatchObject({
      ...{ kind: "audio-config", codec: "opus", channels: 2 },
      ...{ sampleRateHz: 48_000, samplesPerFrame: 960 },
    });
    expect(frames.map((frame) => frame.kind === "audio-frame" && md5(frame.data))).toEqual(
      probe("opus-5.1.nut").packets.map(({ data_hash }) => data_hash),
    );
  });

  test("knows its settings before any packet, and tells them again where packets have another length", () => {
    const track = new OpusTrack(HEAD);
    expect(track.announced).toMatchObject({ samplesPerFrame: 960 });
    const kinds = ["fc00", "fc00", "f400", "f400"].map((one) =>
      track.push(bytes(one), 0).map(({ kind }) => kind),
    );
    expect(kinds).toEqual([
      ["audio-config", "audio-frame"],
      ["audio-frame"],
      ["audio-config", "audio-frame"],
      ["audio-frame"],
    ]);
  });

  test("without a head, as from RTP, has two channels", () => {
    expect(new OpusTrack().announced).toMatchObject({ channels: 2, decoderConfig: RTP_HEAD });
  });

  test("drops what is no packet, and counts it", () => {
    const track = new OpusTrack(HEAD);
    expect(track.push(new Uint8Array(), 0)).toEqual([]);
    expect(track.drops.take()).toMatchObject({ damaged: 1 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
        expect(track.push(data, 0).length).toBeLessThanOrEqual(2);
        expect(isResultOrCorrupt(() => new OpusTrack(data))).toBe(true);
      }),
    );
  });
});
