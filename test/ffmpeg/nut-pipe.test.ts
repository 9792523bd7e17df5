import { describe, expect, it } from "vitest";
import { NutTrack, type NutTrackOptions } from "../../src/ffmpeg/nut-pipe.ts";
import { ReorderedPicturesError } from "../../src/media/corrupt-input.ts";
import type { Packet } from "../../src/media/packet.ts";
import { ownClock } from "../../src/timing/input-clock.ts";
import { fixture } from "../media/fixture.ts";

/** All packets of a recorded pipe that is copied. */
function read(name: string, options: NutTrackOptions): Packet[] {
  const track = new NutTrack(ownClock(), options);
  return [...track.push(fixture(name), 0), ...track.rest()];
}

const frames = (packets: readonly Packet[]) =>
  packets.flatMap((packet) => (packet.kind === "video-frame" ? [packet] : []));

describe("a pipe of H.264 with B-frames", () => {
  it("has decode times where its times are those of presentation", () => {
    const times = frames(read("reordered.nut", { reordering: "presentation", frameUs: 40_000 }));
    const [first] = times;
    const inFrames = times.map(({ presentationTimeUs, decodeTimeUs }) =>
      [presentationTimeUs, decodeTimeUs].map((us) =>
        Math.round((us - (first?.presentationTimeUs ?? 0)) / 40_000),
      ),
    );
    // ffprobe -show_entries packet=pts,dts of reordered.mp4
    expect(inFrames.slice(0, 6)).toEqual([
      [0, -2],
      [3, -1],
      [1, 0],
      [2, 1],
      [6, 2],
      [4, 3],
    ]);
    expect(times.map(({ isKey }) => isKey).slice(0, 2)).toEqual([true, false]);
  });

  it.each(["arrival", "looked-at"] as const)("is refused where its times are %s", (reordering) => {
    expect(() => read("reordered.nut", { reordering })).toThrow(ReorderedPicturesError);
  });

  it("is refused where flvcast encodes", () => {
    expect(() => read("reordered.nut", {})).toThrow(ReorderedPicturesError);
  });
});

describe("a pipe of H.264 without", () => {
  it.each(["arrival", "looked-at", "presentation"] as const)(
    "is shown as it is decoded: %s",
    (reordering) => {
      const times = frames(read("avcc.nut", { reordering }));
      expect(times).toHaveLength(25);
      expect(times.every((one) => one.presentationTimeUs === one.decodeTimeUs)).toBe(true);
    },
  );
});
