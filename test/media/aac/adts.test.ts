import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AdtsFrame, AdtsSplitter } from "../../../src/media/aac/adts.ts";
import { AacTrack } from "../../../src/media/aac/track.ts";
import { NutDemuxer } from "../../../src/media/nut/demuxer.ts";
import type { AudioConfig, AudioFrame } from "../../../src/media/packet.ts";
import { UnitDrops } from "../../../src/media/unit-drops.ts";
import { bytes, fixture, hex } from "../fixture.ts";

// syncword, MPEG-4, no CRC, LC, 44.1 kHz, stereo, 10 bytes long, one block
const FRAME = "fff1 50 80 01 5f fc 21aabb";
const OTHER = FRAME.replace("50 80", "4c 80"); // 48 kHz

function split(...packets: string[]): { frames: string[]; damaged: number; last: string } {
  const drops = new UnitDrops();
  const splitter = new AdtsSplitter(drops);
  const frames = packets.flatMap((packet) => splitter.split(bytes(packet))).map(told);
  const { damaged = 0, last = "" } = drops.take() ?? {};
  return { frames, damaged, last };
}

/** An ADTS frame of channel configuration 0. */
function withoutLayout(block: string): string {
  const aacFrameLength = 7 + bytes(block).length;
  return `fff1 50 00 ${((aacFrameLength << 5) | 0x1f).toString(16).padStart(4, "0")} fc ${block}`;
}

function told({ audioSpecificConfig, data }: AdtsFrame): string {
  return `${hex(audioSpecificConfig)} ${hex(data)}`;
}

function times(packets: readonly (AudioConfig | AudioFrame)[]): (string | number)[] {
  return packets.map((packet) =>
    packet.kind === "audio-config" ? hex(packet.decoderConfig) : packet.presentationTimeUs,
  );
}

describe("ADTS", () => {
  test("is raw AAC behind a header that says the AudioSpecificConfig", () => {
    expect(split(FRAME + FRAME)).toMatchObject({ frames: ["1210 21aabb", "1210 21aabb"], damaged: 0 });
  });

  test("with a CRC has it taken off", () => {
    expect(split("fff0 50 80 01 9f fc cccc 21aabb").frames).toEqual(["1210 21aabb"]);
  });

  test.each([
    ["without a syncword", "21aabb", /^ADTS frame at byte 0, bit 12: expected syncword fff, got 21aa/],
    ["with a layer", "fff3 50 80 01 5f fc 21aabb", /expected layer 0/],
    ["longer than its packet", "fff1 50 80 01 7f fc 21aabb", /expected 11 bytes, got 10/],
    ["shorter than its header", "fff1 50 80 00 5f fc 21aabb", /expected 2 bytes/],
    ["with two blocks", "fff1 50 80 01 5f fd 21aabb", /expected one raw data block, got 2/],
    ["with a reserved rate", "fff1 74 80 01 5f fc 21aabb", /a sampling frequency index of 0 to 12, got 13/],
    ["cut short", "fff1 50", /ADTS frame at byte 0/],
  ])("%s is dropped and counted, and the frames before and after it are not", (_, data, message) => {
    const { frames, damaged, last } = split(FRAME, data, FRAME);
    expect(frames).toEqual(["1210 21aabb", "1210 21aabb"]);
    expect(damaged).toBe(1);
    expect(last).toMatch(message);
  });

  test.each([
    ["behind a frame", `${FRAME} 5500fff1ff`, 1],
    ["in front of one", `0055fff1 ${FRAME}`, 1],
    ["between two", `${FRAME} ffff55 ${FRAME}`, 2],
  ])("goes on at the next header after bytes of no frame %s", (_, data, frames) => {
    expect(split(data)).toMatchObject({ frames: Array(frames).fill("1210 21aabb"), damaged: 1 });
  });

  test("of several frames in one packet moves on by exact frames", () => {
    const us = (1024 * 1e6) / 44_100;
    const packets = new AacTrack().push(bytes(FRAME.repeat(3)), 1000);
    expect(times(packets)).toEqual(["1210", 1000, 1000 + us, 1000 + 2 * us]);
  });

  test("announces other settings when two frames in a row have them: one may be damaged", () => {
    const track = new AacTrack();
    track.push(bytes(FRAME), 0);
    expect(times(track.push(bytes(OTHER), 10))).toEqual([]);
    expect(times(track.push(bytes(FRAME), 20))).toEqual([20]);
    expect(times(track.push(bytes(OTHER), 30))).toEqual([]);
    expect(times(track.push(bytes(OTHER), 40))).toEqual(["1190", 40]);
    expect(times(track.push(bytes(FRAME), 50))).toEqual([]);
    expect(times(track.push(bytes(FRAME), 60))).toEqual(["1210", 60]);
    expect(track.drops.take()).toMatchObject({ damaged: 3 });
  });

  test("cut anywhere, or with any bits flipped, is frames and a count, and recovers", () => {
    const data = fixture("mono.adts");
    const whole = new AdtsSplitter(new UnitDrops()).split(data);
    const flip = fc.tuple(fc.nat(data.length - 1), fc.nat(7));
    fc.assert(
      fc.property(fc.array(flip, { maxLength: 8 }), fc.nat(data.length), (flips, end) => {
        const damaged = new Uint8Array(data);
        for (const [at, bit] of flips) damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        const splitter = new AdtsSplitter(new UnitDrops());
        const frames = splitter.split(damaged.subarray(0, end));
        expect(frames.length).toBeLessThanOrEqual(whole.length);
        splitter.split(data); // the first frame confirms what a damaged one may have changed
        expect(splitter.split(data).map(told)).toEqual(whole.map(told));
      }),
      { numRuns: 300 },
    );
  });

  test("of any bytes throws nothing", () => {
    const frame = fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.of(0xff, 0xf1, ...rest));
    fc.assert(
      fc.property(frame, (data) => {
        expect(new AacTrack().push(data, 0).length).toBeLessThan(20);
      }),
    );
  });
});

describe("ADTS whose frames tell their layout", () => {
  test("has ffmpeg's own AudioSpecificConfig, and the frames without the layout", () => {
    const [stream, ...frames] = new NutDemuxer().push(fixture("pce.nut"));
    const packets = new AacTrack().push(fixture("pce.adts"), 0);
    const [config, ...sounds] = packets;
    if (config?.kind !== "audio-config" || stream?.kind !== "stream") throw new Error("no settings");
    expect(hex(config.decoderConfig)).toBe(hex(stream.extradata));
    expect(config).toMatchObject({ channels: 4, sampleRateHz: 44_100 });
    const [first] = frames.flatMap((event) => (event.kind === "frame" ? [hex(event.data)] : []));
    expect(sounds.flatMap((sound) => (sound.kind === "audio-frame" ? [hex(sound.data)] : []))[0]).toBe(first);
    expect(sounds).toHaveLength(frames.length);
  });

  // 101, then: tag 0, LC, 96 kHz, one element in front, no others, no mixdown; a pair, tag 0; aligned, no comment
  const layout = "a0 80 80 0004 00 00";

  test("keeps the layout of a frame that had one for those that have none", () => {
    const { frames, damaged } = split(withoutLayout(`${layout} 21aabb`), withoutLayout("21aabb"));
    expect(frames[0]).toMatch(/^1200.* 21aabb$/);
    expect(frames).toEqual([frames[0], frames[0]]);
    expect(damaged).toBe(0);
  });

  test("drops frames until one has told it", () => {
    expect(split(FRAME.replace("50 80", "50 00"))).toMatchObject({
      frames: [],
      damaged: 1,
      last: expect.stringMatching(/expected a program_config_element, got none in any frame so far/),
    });
  });
});
