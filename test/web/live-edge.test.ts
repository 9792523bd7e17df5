import { describe, expect, it } from "vitest";
import { LiveEdge } from "../../src/web/live-edge.ts";

const LOOK_MS = 40;

/** A player that is sent pictures and plays them at the rate it is told; `aheadS` is what it begins with. */
function playing(edge: LiveEdge, { aheadS, pictureS = 0.066 }: { aheadS: number; pictureS?: number }) {
  let nowMs = 0;
  let playedS = 100;
  const beganS = playedS + aheadS;
  const endS = () => beganS + Math.floor(nowMs / 1000 / pictureS) * pictureS;
  const rates: number[] = [];
  return {
    rates,
    position: () => ({ playedS, endS: endS() }),
    nowMs: () => nowMs,
    /** The least that was ahead meanwhile. */
    play(ms: number): number {
      let leastS = Number.POSITIVE_INFINITY;
      for (const untilMs = nowMs + ms; nowMs < untilMs; ) {
        const rate = edge.rate(nowMs, { playedS, endS: endS() });
        if (rate !== rates.at(-1)) rates.push(rate);
        nowMs += LOOK_MS;
        playedS += (rate * LOOK_MS) / 1000;
        leastS = Math.min(leastS, endS() - playedS);
      }
      return leastS;
    },
  };
}

describe("the live edge", () => {
  it("is come to faster, then more slowly, and kept to at the stream's own rate", () => {
    const player = playing(new LiveEdge(), { aheadS: 0.5 });
    player.play(6000);
    expect(player.rates).toEqual([1, 1.1, 1.05, 1]);
    const leastS = player.play(60_000);
    expect(leastS).toBeGreaterThan(0.11);
    expect(leastS).toBeLessThan(0.16);
    expect(player.rates.length).toBeLessThan(6);
  });

  it.each([0.033, 0.1, 0.2])("leaves enough where something comes every %s s", (pictureS) => {
    const player = playing(new LiveEdge(), { aheadS: 0.6, pictureS });
    expect(player.play(60_000)).toBeGreaterThan(0.1);
  });

  it("is kept away from where it was run dry, more each time, and come to again by and by", () => {
    const edge = new LiveEdge();
    const player = playing(edge, { aheadS: 0.8 });
    for (let times = 0; times < 4; times++) edge.underran();
    expect(player.play(20_000)).toBeGreaterThan(0.3);
    expect(player.play(180_000)).toBeLessThan(0.2);
  });

  it("is never more than about a second away, however often it ran dry", () => {
    const edge = new LiveEdge();
    for (let times = 0; times < 100; times++) edge.underran();
    expect(playing(edge, { aheadS: 1.5 }).play(15_000)).toBeLessThan(1);
  });

  it("is jumped to where too much is ahead, earlier at a start, and not twice at once", () => {
    const edge = new LiveEdge();
    expect(edge.jump(0, { playedS: 10, endS: 10.3 }, true)).toBeNull();
    expect(edge.jump(0, { playedS: 10, endS: 10.5 }, false)).toBeNull();
    expect(edge.jump(0, { playedS: 10, endS: 10.5 }, true)).toBeCloseTo(10.315, 3);
    expect(edge.jump(1000, { playedS: 11, endS: 15 }, true)).toBeNull();
    expect(edge.jump(2000, { playedS: 12, endS: 15 }, false)).toBeCloseTo(14.815, 3);
  });

  it("is not hurried to where the player has just stood", () => {
    const edge = new LiveEdge();
    const player = playing(edge, { aheadS: 0.5 });
    player.play(2000);
    edge.reset();
    expect(edge.rate(player.nowMs(), player.position())).toBe(1);
  });
});
