import { expect, it } from "vitest";
import { AacTrack } from "../../../src/media/aac/track.ts";
import { bytes } from "../fixture.ts";

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
