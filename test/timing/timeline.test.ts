import { describe, expect, it } from "vitest";
import type { AudioFrame, VideoFrame } from "../../src/media/packet.ts";
import { Timeline } from "../../src/timing/timeline.ts";
import { picture, sound } from "../media/flv/packets.ts";

const AAC_48K_US = (1024 * 1e6) / 48_000;
const BOTH = { video: true, audio: true };

const video = (timeUs: number, isKey = false) => picture([], isKey, timeUs);
const audio = (timeUs: number) => sound(new Uint8Array(), timeUs);

function timestamps(timeline: Timeline, frames: readonly (VideoFrame | AudioFrame)[]): (number | null)[] {
  return frames.map((frame) => timeline.place(frame, AAC_48K_US)?.timestampMs ?? null);
}

describe("a channel's timeline", () => {
  it("begins at zero with the first key frame, and has no place for what is older", () => {
    const origin = 1.7e15;
    const frames = [audio(origin - 21_333), video(origin - 1), video(origin, true), video(origin + 33_333)];
    expect(timestamps(new Timeline(BOTH), frames)).toEqual([null, null, 0, 33]);
  });

  it("goes by the times at which pictures are decoded, not by those at which they are shown", () => {
    const [key, last, middle] = [video(1e6, true), video(1.04e6), video(1.08e6)];
    const frames = [
      { ...key, presentationTimeUs: 1.08e6 },
      { ...last, presentationTimeUs: 1.2e6 },
      { ...middle, presentationTimeUs: 1.12e6 },
    ];
    expect(timestamps(new Timeline(BOTH), frames)).toEqual([0, 40, 80]);
  });

  it("rounds when a picture is decoded and when it is shown each by itself", () => {
    const timeline = new Timeline(BOTH);
    // 30000/1001 pictures a second: 33.3667 ms
    const places = [
      [0, 2],
      [1, 5],
      [2, 3],
    ].map(([decoded = 0, shown = 0]) =>
      timeline.place(
        {
          ...video(5e6 + (decoded * 1001e6) / 30_000, decoded === 0),
          presentationTimeUs: 5e6 + (shown * 1001e6) / 30_000,
        },
        0,
      ),
    );
    expect(places.map((place) => [place?.timestampMs, place?.presentationMs])).toEqual([
      [0, 67],
      [33, 167],
      [67, 100],
    ]);
  });

  it("takes a step of the clock out of both times of a picture", () => {
    const timeline = new Timeline(BOTH);
    timeline.steady(video(1e6, true), 1e6);
    const behindTheStep = { ...video(1.04e6 + 3600e6), presentationTimeUs: 1.12e6 + 3600e6 };
    const steady = timeline.steady(behindTheStep, 1.04e6);
    expect(steady).toMatchObject({ decodeTimeUs: 1.04e6, presentationTimeUs: 1.12e6 });
  });

  it("begins with the first sound where there is no video", () => {
    const frames = [0, 1, 2, 3].map((n) => audio(5e6 + n * AAC_48K_US));
    expect(timestamps(new Timeline({ video: false, audio: true }), frames)).toEqual([0, 21, 43, 64]);
  });

  it("keeps both tracks on one zero: sound of the picture's time has the picture's timestamp", () => {
    const frames = [video(7e6, true), audio(7e6), video(7e6 + 500_000), audio(7e6 + AAC_48K_US)];
    expect(timestamps(new Timeline(BOTH), frames)).toEqual([0, 0, 500, 21]);
  });

  it.each([
    ["milliseconds, as FLV and Matroska do", 1000],
    ["90 kHz, as MPEG-TS does", 1000 / 90],
  ])(
    "puts AAC at exact multiples of its frame length although the container rounds to %s",
    (_name, stepUs) => {
      const timeline = new Timeline({ video: false, audio: true });
      const frameUs = (1024 * 1e6) / 44_100;
      for (let n = 0; n < 20_000; n++) {
        const rounded = Math.round((n * frameUs) / stepUs) * stepUs;
        expect(timeline.place(audio(rounded), frameUs)?.timestampMs).toBe(Math.round((n * frameUs) / 1000));
      }
    },
  );

  it("follows sound that really jumps", () => {
    const frames = [audio(0), audio(AAC_48K_US), audio(1e6), audio(1e6 + AAC_48K_US)];
    expect(timestamps(new Timeline({ video: false, audio: true }), frames)).toEqual([0, 21, 1000, 1021]);
  });

  it("leaves out sound that overlaps what is there, as at the seam of a looped file", () => {
    const seam = [0, 1, 2, 1.2, 2.2, 3.2, 4.2].map((n) => audio(n * AAC_48K_US));
    const timeline = new Timeline({ video: false, audio: true });
    expect(timestamps(timeline, seam)).toEqual([0, 21, 43, null, null, 68, 90]);
  });

  it("never steps back on a track, and moves a picture on by at least a millisecond", () => {
    const frames = [video(0, true), video(40_000), video(40_100), video(20_000), video(80_000)];
    expect(timestamps(new Timeline(BOTH), frames)).toEqual([0, 40, 41, 42, 80]);
  });

  it("runs through 2^24 ms, where the extended byte takes over, without a seam", () => {
    const around = 2 ** 24 * 1000;
    const frames = [video(0, true), video(around - 1000), video(around), video(around + 1000)];
    expect(timestamps(new Timeline(BOTH), frames)).toEqual([0, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1]);
  });

  it.each([
    ["video", (n: number) => video(n, n === 0)],
    ["sound", (n: number) => audio(n)],
  ])(
    "starts a new epoch, too, when %s of more than a frame a millisecond has used up its time",
    (_, frame) => {
      const timeline = new Timeline(BOTH, 10);
      timeline.place(video(0, true), 0);
      for (let n = 0; n < 12; n++) timeline.place(frame(n), 1);
      expect(timeline.place(video(100, true), 0)).toMatchObject({ timestampMs: 0, startsEpoch: true });
    },
  );

  it("starts a new epoch at zero on the first key frame after 24 days, long before 2^31 ms", () => {
    const timeline = new Timeline(BOTH);
    const dayUs = 24 * 3600 * 1e6;
    expect(timeline.place(video(0, true), 0)).toEqual({
      timestampMs: 0,
      presentationMs: 0,
      startsEpoch: true,
    });
    expect(timeline.place(video(24 * dayUs - 1e6, true), 0)?.startsEpoch).toBe(false);
    const last = timeline.place(video(24 * dayUs + 1000), 0);
    expect(last).toEqual({
      timestampMs: 24 * 24 * 3600 * 1000 + 1,
      presentationMs: 24 * 24 * 3600 * 1000 + 1,
      startsEpoch: false,
    });
    expect(last?.timestampMs).toBeLessThan(2 ** 31);
    expect(timeline.place(video(24 * dayUs + 2000, true), 0)).toEqual({
      timestampMs: 0,
      presentationMs: 0,
      startsEpoch: true,
    });
    expect(timeline.place(audio(24 * dayUs + 1500), AAC_48K_US)).toBeNull();
    expect(timeline.place(video(24 * dayUs + 42_000), 0)).toEqual({
      timestampMs: 40,
      presentationMs: 40,
      startsEpoch: false,
    });
  });
});
