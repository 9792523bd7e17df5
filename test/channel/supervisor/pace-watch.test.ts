import { describe, expect, it } from "vitest";
import { PaceWatch } from "../../../src/channel/supervisor/pace-watch.ts";
import { picture } from "../../media/flv/packets.ts";

const camera = { allowedMs: 100, isQueueBounded: true };
const network = { allowedMs: 2000, isQueueBounded: false };

/** Frames of so many seconds, that arrive so many ms after their time; what is told, and at which second of arrival. */
function watch(rule: typeof camera, seconds: number, fps: number, lagMs: (timeS: number) => number) {
  const told: { readonly atS: number; readonly lagMs: number }[] = [];
  let arrivalS = 0;
  const pace = new PaceWatch(rule, (behindMs) => told.push({ atS: Math.round(arrivalS), lagMs: behindMs }));
  for (let frame = 0; frame < seconds * fps; frame++) {
    const timeS = frame / fps;
    arrivalS = timeS + lagMs(timeS) / 1000;
    pace.see([picture([Uint8Array.of(0x41)], false, timeS * 1e6)], arrivalS * 1e6);
  }
  return { told, lagMs: pace.lagMs };
}

/** From `fromS` until `toS` it is so much later. */
const later = (fromS: number, toS: number, ms: number) => (timeS: number) =>
  30 + (timeS >= fromS && timeS < toS ? ms : 0);

describe("an encoder keeps up", () => {
  it.each([
    ["always as late", camera, 30, later(0, 60, 500)],
    ["busy for ten seconds", camera, 30, later(20, 30, 2000)],
    ["busy for ten seconds, a file", network, 25, later(20, 30, 10_000)],
    ["three frames behind", camera, 15, later(10, 60, 200)],
    ["a frame every five seconds, of which some are held up", camera, 0.2, (s: number) => (s % 10) * 400],
    ["a network that was away, and left the stream late for good", network, 25, later(10, 120, 5000)],
    ["a network that jitters", network, 25, (s: number) => (Math.floor(s) % 3) * 900],
  ])("%s", (_, rule, fps, lagMs) => {
    expect(watch(rule, 120, fps, lagMs)).toEqual({ told: [], lagMs: null });
  });
});

describe("an encoder cannot keep up", () => {
  it.each([
    ["a camera's queue is full", camera, 30, later(10, 120, 280), 27, 280],
    ["of half the speed", network, 30, (s: number) => 30 + s * 1000, 21, 9000],
    ["of 95 % of the speed", network, 30, (s: number) => 30 + s * 53, 60, 2700],
  ])("%s: told once, after 15 s", (_, rule, fps, lagMs, atS, firstMs) => {
    const { told, lagMs: lastMs } = watch(rule, 120, fps, lagMs);
    expect(told).toHaveLength(1);
    expect(Math.abs((told[0]?.atS ?? 0) - atS)).toBeLessThanOrEqual(4);
    expect(Math.abs((told[0]?.lagMs ?? 0) / firstMs - 1)).toBeLessThan(0.3);
    expect(lastMs).toBeGreaterThanOrEqual(told[0]?.lagMs ?? 0);
  });

  it("and tells again after it has caught up", () => {
    const { told } = watch(camera, 119, 30, (s) => 30 + (s % 60 < 30 ? 0 : 300));
    expect(told).toHaveLength(2);
  });
});
