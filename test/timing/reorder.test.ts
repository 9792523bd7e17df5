import { describe, expect, it } from "vitest";
import { ReorderedPicturesError } from "../../src/media/corrupt-input.ts";
import type { Packet, VideoConfig } from "../../src/media/packet.ts";
import { Reorder, type ReorderOptions } from "../../src/timing/reorder.ts";
import { picture, videoConfig } from "../media/flv/packets.ts";

const FRAME_US = 40_000;

/** How many frames there are in coding order, and when each is shown and decoded, in frames. */
type Coded = readonly (readonly [shown: number, decoded: number])[];

/**
 * ffprobe -select_streams v -show_entries packet=pts,dts of: ffmpeg -f lavfi -i testsrc2=s=320x240:r=25:d=8 -c:v libx264 -bf N
 * -b_strategy 0 -x264-params b-pyramid=none:keyint=50:scenecut=0 -pix_fmt yuv420p film.mp4; for the pyramid b-pyramid=normal
 */
const coded: Readonly<Record<string, { depth: number; times: Coded }>> = {
  "one B-frame": {
    depth: 1,
    times: [
      ...([
        [0, -1],
        [2, 0],
        [1, 1],
        [4, 2],
        [3, 3],
        [6, 4],
        [5, 5],
      ] as const),
    ],
  },
  "two B-frames": {
    depth: 1,
    times: [
      ...([
        [0, -1],
        [3, 0],
        [1, 1],
        [2, 2],
        [6, 3],
        [4, 4],
        [5, 5],
        [9, 6],
      ] as const),
    ],
  },
  "a pyramid of three": {
    depth: 2,
    times: [
      ...([
        [0, -2],
        [4, -1],
        [2, 0],
        [1, 1],
        [3, 2],
        [8, 3],
        [6, 4],
        [5, 5],
        [7, 6],
        [12, 7],
      ] as const),
    ],
  },
};
const all = Object.entries(coded).map(([name, one]) => ({ name, ...one }));

const copied: ReorderOptions = { mayReorder: true, depth: 0, frameUs: null, looks: true };
const told = (maxReorderFrames: number): VideoConfig => ({ ...videoConfig, maxReorderFrames });
const shownAt = (timeUs: number) => picture([], timeUs === 0, timeUs);
const frames = (times: Coded) => times.map(([shown]) => shownAt(shown * FRAME_US));

/** When frames are shown and decoded, in frames. */
function timesOf(packets: readonly Packet[]) {
  return packets.flatMap((packet) =>
    packet.kind === "video-frame"
      ? [[packet.presentationTimeUs / FRAME_US, packet.decodeTimeUs / FRAME_US]]
      : [],
  );
}

describe("decode times that follow from presentation times", () => {
  it.each(all)("are those of the encoder, where the settings tell of $name", ({ depth, times }) => {
    const reorder = new Reorder(copied);
    expect(reorder.push([told(depth)])).toEqual([]);
    expect(timesOf(frames(times).flatMap((frame) => reorder.push([frame])))).toEqual(times);
  });

  it.each(all)("are those of the encoder, where the container tells of $name", ({ depth, times }) => {
    const reorder = new Reorder({ ...copied, depth });
    const out = [...reorder.push([videoConfig, ...frames(times)]), ...reorder.end()];
    expect(out[0]).toEqual(videoConfig);
    expect(timesOf(out)).toEqual(times);
  });

  it.each(all)("are those of the encoder, where only the frames show $name", ({ times }) => {
    const reorder = new Reorder(copied);
    const out = reorder.push([videoConfig, ...frames(times)]);
    expect(timesOf([...out, ...reorder.end()])).toEqual(times);
  });

  it("add no delay once the depth is known", () => {
    const reorder = new Reorder({ ...copied, frameUs: FRAME_US });
    for (const frame of [told(2), ...frames(coded["a pyramid of three"]?.times ?? [])]) {
      expect(reorder.push([frame])).toHaveLength(frame.kind === "video-config" ? 0 : 1 + Number(frame.isKey));
    }
  });

  it("are the presentation times without B-frames, however these go", () => {
    const reorder = new Reorder(copied);
    const packets = [told(0), ...[0, 40_000, 40_000, 39_000, 8e9, 0, 1].map(shownAt)];
    expect(reorder.push(packets)).toEqual(packets);
  });

  it("come one frame sooner where the depth that is told is greater by one than it is", () => {
    const { times } = coded["two B-frames"] ?? { times: [] };
    const reorder = new Reorder({ ...copied, frameUs: FRAME_US });
    const out = reorder.push([told(2), ...frames(times)]);
    expect(timesOf(out)).toEqual(times.map(([shown, decoded]) => [shown, decoded - 1]));
  });
});

/** 25 frames a second, coded in threes: P B B. */
const inThrees = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => from + [3, 1, 2][n % 3]! + 3 * Math.floor(n / 3));

/** Asserts what players need, and returns by how much frames are shown later than they ask for, at the most. */
function checked(packets: readonly Packet[], askedUs: readonly number[]): number {
  const out = packets.flatMap((packet) => (packet.kind === "video-frame" ? [packet] : []));
  expect(out).toHaveLength(askedUs.length);
  expect(out.filter((one) => one.presentationTimeUs < one.decodeTimeUs)).toEqual([]);
  const decodedUs = out.map((one) => one.decodeTimeUs);
  expect(decodedUs).toEqual([...new Set(decodedUs)].toSorted((a, b) => a - b));
  return Math.max(...out.map((one, at) => one.presentationTimeUs - (askedUs[at] ?? 0)));
}

describe("a stream that reorders more than it said", () => {
  it("from its first frames on: it takes three such frames, and then goes on right", () => {
    const reorder = new Reorder({ ...copied, frameUs: FRAME_US });
    const firstUs = [0, ...inThrees(0, 30)].map((frame) => frame * FRAME_US);
    expect(reorder.push([told(0), ...firstUs.map(shownAt)])).toHaveLength(firstUs.length + 1);
    const nextUs = inThrees(30, 30).map((frame) => frame * FRAME_US);
    expect(checked(reorder.push(nextUs.map(shownAt)), nextUs)).toBe(0);
  });

  it("and later", () => {
    const reorder = new Reorder({ ...copied, frameUs: FRAME_US });
    const before = Array.from({ length: 100 }, (_, n) => n * FRAME_US);
    expect(timesOf(reorder.push([told(0), ...before.map(shownAt)]))).toHaveLength(100);
    const first = inThrees(99, 30).map((frame) => frame * FRAME_US);
    reorder.push(first.map(shownAt));
    const next = inThrees(129, 30).map((frame) => frame * FRAME_US);
    expect(checked(reorder.push(next.map(shownAt)), next)).toBe(0);
  });
});

describe("a clock that is set while frames are reordered", () => {
  it.each([
    ["back by an hour", -3600e6],
    ["ahead by an hour", 3600e6],
  ])("%s: frames go on from there", (_, stepUs) => {
    const reorder = new Reorder({ ...copied, frameUs: FRAME_US });
    const before = [0, ...inThrees(0, 30)].map((frame) => frame * FRAME_US);
    reorder.push([told(1), ...before.map(shownAt)]);
    const [after = [], later = []] = [30, 60].map((from) =>
      inThrees(from, 30).map((frame) => frame * FRAME_US + stepUs),
    );
    expect(checked(reorder.push(after.map(shownAt)), after)).toBeLessThan(2 * FRAME_US);
    expect(checked(reorder.push(later.map(shownAt)), later)).toBe(0);
  });
});

/** How many packets go on with the settings and with each frame. */
function passed(options: ReorderOptions, timesUs: readonly number[]): number[] {
  const reorder = new Reorder(options);
  return [videoConfig, ...timesUs.map(shownAt)].map((packet) => reorder.push([packet]).length);
}

describe("the first frames of a stream whose settings do not tell", () => {
  it("are held until sixteen have come", () => {
    const timesUs = Array.from({ length: 17 }, (_, n) => n * 10_000);
    expect(passed(copied, timesUs)).toEqual([...Array.from({ length: 16 }, () => 0), 17, 1]);
  });

  it("are held until three have come in 0.4 s, or two in a second", () => {
    expect(passed(copied, [0, 200_000, 399_999, 400_000])).toEqual([0, 0, 0, 0, 5]);
    expect(passed(copied, [0, 400_000, 800_000])).toEqual([0, 0, 0, 4]);
    expect(passed(copied, [0, 1e6, 2e6])).toEqual([0, 0, 3, 1]);
  });

  it("go on at once where flvcast encodes", () => {
    expect(passed({ ...copied, looks: false, mayReorder: false }, [0, 40_000])).toEqual([1, 1, 1]);
  });

  it("go out when the input ends before", () => {
    const reorder = new Reorder(copied);
    reorder.push([videoConfig, shownAt(0), shownAt(80_000), shownAt(40_000)]);
    expect(timesOf(reorder.end())).toEqual([
      [0, -1],
      [2, 0],
      [1, 1],
    ]);
    expect(reorder.end()).toEqual([]);
  });
});

describe("B-frames that may not be", () => {
  it("are an error at the first", () => {
    const reorder = new Reorder({ ...copied, mayReorder: false });
    expect(() => reorder.push([shownAt(0), shownAt(80_000), shownAt(40_000)])).toThrow(
      ReorderedPicturesError,
    );
  });

  it("are an error before any frame where the container tells of them", () => {
    expect(() => new Reorder({ ...copied, mayReorder: false, depth: 1 })).toThrow(ReorderedPicturesError);
    expect(() => new Reorder({ ...copied, mayReorder: false, depth: 1, looks: false })).not.toThrow();
  });
});
