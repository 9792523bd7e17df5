import { expect, it } from "vitest";
import { AacTrack } from "../../../src/media/aac/track.ts";
import { codecString } from "../../../src/media/codecs.ts";
import { bytes, hex } from "../fixture.ts";
import { recorded } from "../nut-track.ts";

const STEREO_48_KHZ = bytes("1190 56e500");
const FRAME_US = 1024e6 / 48_000;

function timesUs(stampsUs: readonly number[]): readonly number[] {
  const track = new AacTrack(STEREO_48_KHZ);
  const packets = stampsUs.flatMap((stampUs) => track.push(bytes("21"), stampUs));
  return packets.flatMap((packet) => (packet.kind === "audio-frame" ? [packet.presentationTimeUs] : []));
}

it("frames of one stamp follow each other: ffmpeg makes those up until it has decoded one", () => {
  // what ffmpeg 5.1 wrote of a packet of RTP with five frames, in 1/48000 s, and of the next
  const times = timesUs([0, 21, 42, 62, 83, 5 * FRAME_US, 5 * FRAME_US + 21]);
  expect(times.map((timeUs) => Math.round(timeUs))).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((n) => Math.round(n * FRAME_US)),
  );
});

it("stamps that step forward or back stay as they are", () => {
  const stepping = [0, FRAME_US, 9e6, 9e6 - FRAME_US, 9e6];
  expect(timesUs(stepping)).toEqual(stepping);
});

it("tells the settings before the first frame, where it has them", () => {
  expect(new AacTrack(STEREO_48_KHZ).announced).toMatchObject({ sampleRateHz: 48_000, channels: 2 });
  expect(new AacTrack().announced).toBeNull();
});

it.each([
  ["he-aac.nut", "139056e5a0", 2, "mp4a.40.5"],
  ["he-aacv2.nut", "138856e5a54880", 1, "mp4a.40.29"],
])(
  "SBR of %s, which stands in its frames alone, is said in the settings",
  (name, record, channels, codec) => {
    const [config, ...frames] = recorded(name).packets;
    if (config?.kind !== "audio-config") throw new Error("expected settings first");
    expect(hex(config.decoderConfig)).toBe(record);
    expect(codecString(config)).toBe(codec);
    expect(config).toMatchObject({ sampleRateHz: 22_050, samplesPerFrame: 1024, channels });
    expect(config.output).toEqual({ sampleRateHz: 44_100, channels: 2 });
    const times = frames.flatMap((frame) => (frame.kind === "audio-frame" ? [frame.presentationTimeUs] : []));
    const [firstUs = 0] = times;
    const apart = times.map((timeUs, index) => timeUs - firstUs - (index * 1024e6) / 22_050);
    expect(Math.max(...apart.map(Math.abs))).toBeLessThan(30); // MPEG-TS counts in 1/90000 s
    expect(times.length).toBeGreaterThan(10);
  },
);

it("what is heard of plain AAC is not said twice", () => {
  expect(new AacTrack(STEREO_48_KHZ).announced).not.toHaveProperty("output");
  expect(new AacTrack(bytes("1390"), { sampleRateHz: 22_050, channels: 2 }).announced).not.toHaveProperty(
    "output",
  );
});
