import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aacCodecString, parseAudioSpecificConfig, withImplicitSbr } from "../../../src/media/aac/config.ts";
import { AacTrack } from "../../../src/media/aac/track.ts";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { NutDemuxer } from "../../../src/media/nut/demuxer.ts";
import type { AudioConfig, AudioFrame } from "../../../src/media/packet.ts";
import { bytes, fixture, hex, isResultOrCorrupt, probe } from "../fixture.ts";

describe("an AudioSpecificConfig", () => {
  test.each<[string, string, readonly (number | null)[], string, (readonly number[])?]>([
    ["AAC-LC, 44.1 kHz, stereo", "1210", [2, null, 44_100, 2, 1024], "mp4a.40.2"],
    ["AAC-LC, 48 kHz, stereo, as ffmpeg writes it", "1190 56e500", [2, null, 48_000, 2, 1024], "mp4a.40.2"],
    ["960 samples a frame", "1214", [2, null, 44_100, 2, 960], "mp4a.40.2"],
    ["seven channels and LFE", "1238", [2, null, 44_100, 8, 1024], "mp4a.40.2"],
    ["a rate in full, 44,099 Hz", "1780 5621 90", [2, null, 44_099, 2, 1024], "mp4a.40.2"],
    ["explicit SBR over 24 kHz", "2b11 8800", [2, 5, 24_000, 2, 1024], "mp4a.40.5", [48_000, 2]],
    ["explicit PS over 22.05 kHz mono", "eb8a 0800", [2, 29, 22_050, 1, 1024], "mp4a.40.29", [44_100, 2]],
    // as fdkaac writes them: syncExtensionType 2b7, SBR, sbrPresentFlag, index 4; then 548, psPresentFlag
    ["SBR behind", "1390 56e5a0", [2, 5, 22_050, 2, 1024], "mp4a.40.5", [44_100, 2]],
    ["SBR of the same rate behind", "1210 56e5a0", [2, 5, 44_100, 2, 1024], "mp4a.40.5", [44_100, 2]],
    ["PS behind", "1388 56e5a548 80", [2, 29, 22_050, 1, 1024], "mp4a.40.29", [44_100, 2]],
    ["SBR, and no PS behind it", "1388 56e5a548 00", [2, 5, 22_050, 1, 1024], "mp4a.40.5", [44_100, 1]],
    ["SBR behind, and PS cut short", "1388 56e5a5", [2, 5, 22_050, 1, 1024], "mp4a.40.5", [44_100, 1]],
    ["no SBR behind", "1390 56e500", [2, null, 22_050, 2, 1024], "mp4a.40.2"],
    ["SBR cut short", "1390 56e5", [2, null, 22_050, 2, 1024], "mp4a.40.2"],
    ["something else behind", "1390 000000", [2, null, 22_050, 2, 1024], "mp4a.40.2"],
    ["5.1", "11b0", [2, null, 48_000, 6, 1024], "mp4a.40.2"],
    ["7.1 of channelConfiguration 12", "11e0", [2, null, 48_000, 8, 1024], "mp4a.40.2"],
    // 00010 0100 0000 000, then a PCE: tag 0, LC, 44.1 kHz, 1 front, 0 side, 1 back, 1 LFE, no more; pair; single
    ["a layout of its own", "1200 0504 0500 2000", [2, null, 44_100, 4, 1024], "mp4a.40.2"],
  ])("says %s", (_, config, said, name, heard = []) => {
    const [audioObjectType, extensionObjectType, sampleRateHz, channels, samplesPerFrame] = said;
    const output = { sampleRateHz: heard[0] ?? sampleRateHz, channels: heard[1] ?? channels };
    const channelConfiguration = expect.any(Number);
    const format = parseAudioSpecificConfig(bytes(config));
    expect(format).toEqual({
      ...{ audioObjectType, extensionObjectType, sampleRateHz, channels },
      ...{ channelConfiguration, samplesPerFrame, output },
    });
    expect(aacCodecString(format)).toBe(name);
  });

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

  test.each([
    ["SBR", "1390", [44_100, 2], "1390 56e5a0"],
    ["SBR in mono", "1308", [48_000, 1], "1308 56e598"],
    ["PS", "1388", [44_100, 2], "1388 56e5a54880"],
    ["what is said already", "1390 56e5a0", [44_100, 2], "1390 56e5a0"],
    ["nothing", "1210", [44_100, 2], "1210"],
    ["nothing but another rate", "1210", [48_000, 2], "1210"],
    ["a rate that no index has", "1308", [47_999, 2], "1308"],
  ])("gets %s that ffmpeg has found said behind it", (_, config, [sampleRateHz = 0, channels = 0], said) => {
    expect(hex(withImplicitSbr(bytes(config), { sampleRateHz, channels }))).toBe(said.replaceAll(" ", ""));
  });

  test("of any bytes is a result or corrupt input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
        expect(isResultOrCorrupt(() => parseAudioSpecificConfig(data))).toBe(true);
      }),
    );
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
