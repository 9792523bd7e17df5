import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveFrames } from "../../src/ffmpeg/live-frames.ts";
import { NutTrack } from "../../src/ffmpeg/nut-pipe.ts";
import type { NutFrameEvent } from "../../src/media/nut/frame.ts";
import { isFrame } from "../../src/media/packet.ts";
import { ownClock } from "../../src/timing/input-clock.ts";
import { fixture } from "../media/fixture.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The pipes of a camera whose clock is elsewhere; when their frames went on, in milliseconds after the first came. */
function pipes(guard: (read: () => void) => void = (read) => read()) {
  const startMs = Date.now();
  const wentOnMs: number[] = [];
  const track = new NutTrack(ownClock());
  const live = new LiveFrames<NutFrameEvent>({
    ...{ hasTrackClocks: false, isFollowed: false, guard, nowUs: () => Date.now() * 1000 },
    packets: (frame, timeUs, arrivalUs) => track.packets(frame, timeUs, arrivalUs),
    onPackets: (packets) => {
      for (const _ of packets.filter(isFrame)) wentOnMs.push(Date.now() - startMs);
    },
  });
  const bytes = fixture("video-5.1.nut");
  const push = (from = 0, to = bytes.length) =>
    live.push(
      track
        .read(bytes.subarray(from, to))
        .map((frame) => ({ track: "video", ptsUs: frame.presentationTimeUs, frame }) as const),
    );
  return { live, push, wentOnMs };
}

describe("frames of a clock that nobody knows yet", () => {
  it("are held until the queue is through, and go on though nothing more comes", async () => {
    const { push, wentOnMs } = pipes();
    push();
    expect(wentOnMs).toEqual([]);
    await vi.advanceTimersByTimeAsync(2500);
    expect(wentOnMs.length).toBeGreaterThan(1);
    expect(Math.min(...wentOnMs)).toBeGreaterThanOrEqual(300);
    expect(Math.max(...wentOnMs)).toBeLessThanOrEqual(2002);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("go on at once where nothing more can come, and no timer is left", () => {
    const { live, push, wentOnMs } = pipes();
    push(0, 10_000);
    push(10_000);
    expect(vi.getTimerCount()).toBe(1);
    live.end();
    expect(wentOnMs.length).toBeGreaterThan(1);
    expect(new Set(wentOnMs)).toEqual(new Set([0]));
    expect(vi.getTimerCount()).toBe(0);
    live.end();
  });

  it("that cannot be used fail where bytes do, also when a timer lets them go", async () => {
    const guarded: string[] = [];
    const { push } = pipes(() => guarded.push("guarded"));
    push();
    await vi.advanceTimersByTimeAsync(2500);
    expect(guarded.length).toBeGreaterThan(0);
  });
});
