import { describe, expect, it } from "vitest";
import type { TrackName } from "../../src/media/packet.ts";
import { LiveClock, type Placed } from "../../src/timing/live-clock.ts";

const S = 1e6;
const NOW = 1.7e15;

interface Sent {
  readonly track?: TrackName;
  readonly ptsS: number;
  /** When it came, in seconds from the beginning. */
  readonly atS: number;
}

interface Came {
  readonly track: TrackName;
  readonly ptsS: number;
  /** Of what moment it is, in seconds from the beginning. */
  readonly timeS: number;
  readonly arrivalS: number;
}

const inSeconds = (us: number) => Number(((us - NOW) / S).toFixed(3));

/** Looks for what is due each 10 ms between frames, as a timer would. */
function play(
  sent: readonly Sent[],
  { hasTrackClocks = false, isFollowed = false, heldUs = 0 } = {},
): readonly Came[] {
  const clock = new LiveClock<Required<Sent>>({ hasTrackClocks, isFollowed, heldUs });
  const placed: Placed<Required<Sent>>[] = [];
  let nowS = 0;
  for (const one of sent) {
    for (; nowS < one.atS; nowS += 0.01) placed.push(...clock.release(NOW + nowS * S));
    const item = { track: "video" as const, ...one };
    const frame = { item, track: item.track, ptsUs: one.ptsS * S, arrivalUs: NOW + one.atS * S };
    placed.push(...clock.push(frame));
  }
  placed.push(...clock.release(Number.POSITIVE_INFINITY));
  return placed.map(({ item, timeUs, arrivalUs }) => {
    return { ...item, timeS: inSeconds(timeUs), arrivalS: inSeconds(arrivalUs) };
  });
}

/** Frames made each 40 ms, the first `queuedS` seconds of which come at once. */
function stream(seconds: number, queuedS: number, track: TrackName = "video", fromPtsS = 100): Sent[] {
  return Array.from({ length: Math.round(seconds * 25) }, (_, n) => {
    return { track, ptsS: fromPtsS + n * 0.04, atS: Math.max(0, n * 0.04 - queuedS) };
  });
}

describe("a clock that runs elsewhere", () => {
  it.each([0, 1, 5, 8, 20])("is anchored behind what was sent ahead, %i s of it", (queuedS) => {
    const came = play(stream(queuedS + 5, queuedS));
    expect(came).toHaveLength((queuedS + 5) * 25);
    const last = came.at(-1);
    expect(last?.timeS).toBeCloseTo(last?.arrivalS ?? 0);
    expect(came[0]?.timeS).toBeCloseTo(-queuedS);
    for (const { timeS, arrivalS } of came) expect(arrivalS).toBeCloseTo(timeS);
  });

  it("is anchored by the frame that was on its way for the shortest time", () => {
    const jittered = stream(4, 0).map((one, n) => ({ ...one, atS: one.atS + ((n * 7) % 5) * 0.01 }));
    const came = play(jittered);
    expect(Math.min(...came.slice(30).map(({ arrivalS, timeS }) => arrivalS - timeS))).toBeCloseTo(0);
  });

  it.each([0, 1])(
    "holds no more than five frames behind a queue of %i s, where they come one by one",
    (queuedS) => {
      const clock = new LiveClock<number>({ hasTrackClocks: false, isFollowed: false });
      const frames = stream(queuedS + 1, queuedS);
      const released = frames.findIndex(({ ptsS, atS }, item) => {
        const times = { ptsUs: ptsS * S, arrivalUs: NOW + atS * S };
        return clock.push({ item, track: "video", ...times }).length > 0;
      });
      expect(released).toBe(queuedS * 25 + 4);
      expect(clock.dueUs).toBeNull();
    },
  );

  it("is anchored behind a queue that comes in bunches", () => {
    // Ten frames each 0.15 s, as a connection gets on its first round trips, until what is sent ahead is through.
    const sent = stream(6, 0).map((one, n) => ({
      ...one,
      atS: Math.max(n * 0.04 - 2, Math.floor(n / 10) * 0.15),
    }));
    const last = play(sent).at(-1);
    expect(last?.timeS).toBeCloseTo(last?.arrivalS ?? 0);
  });

  it("holds a frame for three tenths of a second, where no other comes", () => {
    const clock = new LiveClock<string>({ hasTrackClocks: false, isFollowed: false });
    expect(clock.push({ item: "one", track: "video", ptsUs: 0, arrivalUs: NOW })).toEqual([]);
    expect(clock.dueUs).toBe(NOW + 300_000);
    expect(clock.release(NOW + 299_000)).toEqual([]);
    expect(clock.release(NOW + 300_000)).toEqual([{ item: "one", timeUs: NOW, arrivalUs: NOW }]);
    expect(clock.dueUs).toBeNull();
  });

  it("holds for two seconds and 5,000 frames at the most, of an input that comes too fast", () => {
    const fast = Array.from({ length: 20_000 }, (_, n) => ({ ptsS: n, atS: n / 1000 }));
    const clock = new LiveClock<number>({ hasTrackClocks: false, isFollowed: false });
    let held = 0;
    for (const { ptsS, atS } of fast) {
      held += 1 - clock.push({ item: 0, track: "video", ptsUs: ptsS * S, arrivalUs: NOW + atS * S }).length;
      expect(held).toBeLessThanOrEqual(5000 + 20_000); // what is too old is left out, and never comes
    }
    expect(clock.dueUs).toBeNull();
  });

  it("is shared by the tracks of one container, even where one begins late", () => {
    const sound = stream(3, 0, "audio", 109).map((one) => ({ ...one, atS: one.atS + 9.2 }));
    const came = play([...stream(9, 0), ...sound]);
    expect(came.find(({ track }) => track === "audio")).toMatchObject({ ptsS: 109, timeS: 9 });
  });
});

describe("the tracks of an RTSP session", () => {
  const rtp = { hasTrackClocks: true };

  it("share a clock where RTCP says so", () => {
    const both = [...stream(4, 0), ...stream(4, 0, "audio").map((one) => ({ ...one, atS: one.atS + 0.1 }))];
    const came = play(
      both.toSorted((a, b) => a.atS - b.atS),
      rtp,
    );
    for (const { ptsS, timeS } of came) expect(timeS).toBeCloseTo(ptsS - 100);
  });

  it("have their own where it does not: sound that begins 12 s late counts from there", () => {
    const sound = stream(3, 0, "audio", 0).map((one) => ({ ...one, atS: one.atS + 12 }));
    const came = play([...stream(12, 0, "video", 0), ...sound], rtp);
    const sounds = came.filter(({ track }) => track === "audio");
    expect(sounds).toHaveLength(75);
    for (const { ptsS, timeS } of sounds) expect(timeS).toBeCloseTo(ptsS + 12);
  });
});

describe("an input beside another is followed", () => {
  const followed = { isFollowed: true };

  it("when its clock runs a thousandth too slow or too fast, for ten minutes", () => {
    for (const rate of [1.001, 0.999]) {
      const drifting = stream(600, 0).map((one) => ({ ...one, ptsS: 100 + (one.ptsS - 100) * rate }));
      const came = play(drifting, followed);
      const late = came.slice(-25).map(({ timeS, arrivalS }) => Math.abs(arrivalS - timeS));
      expect(Math.max(...late)).toBeLessThan(0.06);
    }
  });

  it("when it was held up for good", () => {
    const heldUp = stream(60, 0).map((one) => (one.ptsS < 110 ? one : { ...one, atS: one.atS + 3 }));
    const last = play(heldUp, followed).at(-1);
    expect(last?.timeS).toBeCloseTo(last?.arrivalS ?? 0);
  });

  it("when its first second was slow", () => {
    const slow = stream(20, 0).map((one) => (one.ptsS > 102 ? one : { ...one, atS: one.atS + 1 }));
    const last = play(
      slow.toSorted((a, b) => a.atS - b.atS),
      followed,
    ).at(-1);
    expect(last?.timeS).toBeCloseTo(last?.arrivalS ?? 0);
  });

  it("and alone it is not: whatever it loses, nothing is left out or put in", () => {
    const heldUp = stream(60, 0).map((one) => (one.ptsS < 110 ? one : { ...one, atS: one.atS + 3 }));
    for (const { ptsS, timeS } of play(heldUp)) expect(timeS).toBeCloseTo(ptsS - 100);
  });
});

/** Video that comes so much later than its sound. */
const late = (byS: number, fromPtsS = 100) =>
  [
    ...stream(4, 0, "audio"),
    ...stream(4, 0, "video", fromPtsS).map((one) => ({ ...one, atS: one.atS + byS })),
  ].toSorted((a, b) => a.atS - b.atS);
/** How far the first picture lies behind the first sound. */
const distanceS = (came: readonly Came[]) =>
  (came.find(({ track }) => track === "video")?.timeS ?? 0) -
  (came.find(({ track }) => track === "audio")?.timeS ?? 0);

describe("tracks of an RTSP session whose video an encoder holds back", () => {
  it.each([1.0, 1.2, 2.0])("stay together, %f s apart as they arrive", (byS) => {
    expect(distanceS(play(late(byS), { hasTrackClocks: true, heldUs: 1.2 * S }))).toBeCloseTo(0);
  });

  it("have clocks of their own where they are too far apart for that", () => {
    const came = play(late(1.2, 5000), { hasTrackClocks: true, heldUs: 1.2 * S });
    expect(Math.abs(distanceS(came))).toBeLessThan(0.05);
  });
});
