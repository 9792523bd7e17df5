import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitAdts } from "../../../src/media/aac/adts.ts";
import { aacCodecString, parseAudioSpecificConfig } from "../../../src/media/aac/config.ts";
import { AacTrack } from "../../../src/media/aac/track.ts";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { NutDemuxer } from "../../../src/media/nut/demuxer.ts";
import type { AudioConfig, AudioFrame } from "../../../src/media/packet.ts";
import { bytes, fixture, hex, isResultOrCorrupt, probe } from "../fixture.ts";

describe("an AudioSpecificConfig", () => {
  test.each([
    ["AAC-LC, 44.1 kHz, stereo", "1210", [2, null, 44_100, 2, 1024], "mp4a.40.2"],
    ["AAC-LC, 48 kHz, stereo, as ffmpeg writes it", "1190 56e500", [2, null, 48_000, 2, 1024], "mp4a.40.2"],
    ["960 samples a frame", "1214", [2, null, 44_100, 2, 960], "mp4a.40.2"],
    ["seven channels and LFE", "1238", [2, null, 44_100, 8, 1024], "mp4a.40.2"],
    ["a rate in full, 44,099 Hz", "1780 5621 90", [2, null, 44_099, 2, 1024], "mp4a.40.2"],
    ["explicit SBR over 24 kHz", "2b11 8800", [2, 5, 24_000, 2, 1024], "mp4a.40.5"],
    ["explicit PS over 22.05 kHz mono", "eb8a 0800", [2, 29, 22_050, 1, 1024], "mp4a.40.29"],
    // 00010 0100 0000 000, then a PCE: tag 0, LC, 44.1 kHz, 1 front, 0 side, 1 back, 1 LFE, no more; pair; single
    ["a layout of its own", "1200 0504 0500 2000", [2, null, 44_100, 4, 1024], "mp4a.40.2"],
  ])(
    "says %s",
    (_, config, [audioObjectType, extensionObjectType, sampleRateHz, channels, samplesPerFrame], name) => {
      const channelConfiguration = expect.any(Number);
      const format = parseAudioSpecificConfig(bytes(config));
      expect(format).toEqual({
        audioObjectType,
        extensionObjectType,
        sampleRateHz,
        channels,
        channelConfiguration,
        samplesPerFrame,
      });
      expect(aacCodecString(format)).toBe(name);
    },
  );

  test.each([
    ["of nothing", "", /expected more bits/],
    ["cut short", "12", /expected more bits/],
    ["of ALS", "f880 2020", /an audio object type of AAC, 1 to 4, got 36/],
    ["with a reserved rate", "1690", /expected a sampling frequency, got index 13/],
    ["with a reserved layout", "1240", /expected a channel configuration, got 8/],
  ])("%s is refused", (_, config, message) => {
    expect(() => parseAudioSpecificConfig(bytes(config))).toThrow(CorruptInputError);
    expect(() => parseAudioSpecificConfig(bytes(config))).toThrow(message);
  });

  test("of any bytes is a result or corrupt input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
        expect(isResultOrCorrupt(() => parseAudioSpecificConfig(data))).toBe(true);
      }),
    );
  });
});

describe("ADTS", () => {
  // syncword, MPEG-4, no CRC, LC, 44.1 kHz, stereo, 10 bytes long, one block
  const FRAME = "fff1 50 80 01 5f fc 21aabb";

  test("is raw AAC behind a header that says the AudioSpecificConfig", () => {
    const frames = splitAdts(bytes(FRAME + FRAME));
    expect(frames.map(({ audioSpecificConfig, data }) => [hex(audioSpecificConfig), hex(data)])).toEqual([
      ["1210", "21aabb"],
      ["1210", "21aabb"],
    ]);
  });

  test("with a CRC has it taken off", () => {
    expect(splitAdts(bytes("fff0 50 80 01 9f fc cccc 21aabb")).map(({ data }) => hex(data))).toEqual([
      "21aabb",
    ]);
  });

  test.each([
    ["without a syncword", "21aabb", /ADTS frame at byte 0, bit 12: expected syncword fff, got 21aa/],
    ["with a layer", "fff3 50 80 01 5f fc 21aabb", /expected layer 0/],
    ["longer than its packet", "fff1 50 80 01 7f fc 21aabb", /expected 11 bytes, got 10/],
    ["shorter than its header", "fff1 50 80 00 5f fc 21aabb", /expected 2 bytes/],
    ["with two blocks", "fff1 50 80 01 5f fd 21aabb", /expected one raw data block, got 2/],
    ["with its layout left to the frames", "fff1 50 00 01 5f fc 21aabb", /expected a channel configuration/],
    ["with a second frame cut short", `${FRAME} fff1`, /ADTS frame at byte 10/],
  ])("%s is refused", (_, data, message) => {
    expect(() => splitAdts(bytes(data))).toThrow(CorruptInputError);
    expect(() => splitAdts(bytes(data))).toThrow(message);
  });

  test("cut anywhere inside a frame is corrupt", () => {
    const data = fixture("mono.adts").subarray(0, 400);
    for (let end = 1; end < 9; end++)
      expect(() => splitAdts(data.subarray(0, end))).toThrow(CorruptInputError);
  });

  test("of any bytes is a result or corrupt input", () => {
    const frame = fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.of(0xff, 0xf1, ...rest));
    fc.assert(
      fc.property(frame, (data) => {
        expect(isResultOrCorrupt(() => splitAdts(data))).toBe(true);
      }),
    );
  });

  test("of several frames in one packet moves on by exact frames", () => {
    const us = (1024 * 1e6) / 44_100;
    expect(times(new AacTrack().push(bytes(FRAME.repeat(3)), 1000))).toEqual([
      "1210",
      1000,
      1000 + us,
      1000 + 2 * us,
    ]);
  });

  test("that changes announces it before the frame", () => {
    const track = new AacTrack();
    track.push(bytes(FRAME), 0);
    expect(times(track.push(bytes(FRAME.replace("50 80", "4c 80")), 10))).toEqual(["1190", 10]);
    expect(times(track.push(bytes(FRAME), 20))).toEqual(["1210", 20]);
  });
});

describe("an AAC track", () => {
  test.each([
    ["audio-5.1.nut", 48_000, 2],
    ["audio-9.0.nut", 48_000, 2],
    ["adts.nut", 48_000, 1],
  ])("of %s is one configuration and then every frame", (name, sampleRateHz, channels) => {
    let track = new AacTrack();
    const packets: (AudioConfig | AudioFrame)[] = [];
    for (const event of new NutDemuxer().push(fixture(name))) {
      if (event.kind === "stream") track = new AacTrack(event.extradata);
      else packets.push(...track.push(event.data, event.presentationTimeUs));
    }
    const [config, ...frames] = packets;
    expect(config).toMatchObject({ kind: "audio-config", sampleRateHz, channels, samplesPerFrame: 1024 });
    expect(frames.map(({ kind }) => kind)).toEqual(probe(name).packets.map(() => "audio-frame"));
  });

  test("whose private data are broken is refused at once", () => {
    expect(() => new AacTrack(bytes("ff"))).toThrow(CorruptInputError);
  });

  test("gives nothing for no bytes", () => {
    expect(new AacTrack(bytes("1210")).push(bytes(""), 0)).toEqual([]);
  });
});

function times(packets: readonly (AudioConfig | AudioFrame)[]): (string | number)[] {
  return packets.map((packet) =>
    packet.kind === "audio-config" ? hex(packet.decoderConfig) : packet.presentationTimeUs,
  );
}
