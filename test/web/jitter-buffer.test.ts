import { describe, expect, it } from "vitest";
import { JitterBuffer } from "../../src/web/jitter-buffer.ts";

const RATE = 48_000;
const BLOCK_MS = (1024 * 1000) / RATE;

/** A block of a sound whose samples count up, so that one sees what was left out. */
function block(number: number, sampleRateHz = RATE, channels = 2) {
  const plane = Float32Array.from({ length: 1024 }, (_, at) => number * 1024 + at);
  return {
    timestampMs: (number * 1024 * 1000) / sampleRateHz,
    sampleRateHz,
    planes: Array.from({ length: channels }, () => plane),
  };
}

function quantum(channels = 2) {
  return Array.from({ length: channels }, () => new Float32Array(128));
}

/** The output takes so many quanta at once, a source sends blocks, each so many milliseconds after its last sample. */
function stream(sourceRateHz = RATE, burstQuanta = 4) {
  const buffer = new JitterBuffer(RATE);
  const out = quantum(1);
  const planes = [new Float32Array(1024)];
  const burstMs = (burstQuanta * 128 * 1000) / RATE;
  const due: { number: number; atMs: number }[] = [];
  let pushed = 0;
  let nowMs = 0;
  let heard = false;
  /** How often and for how long it ran dry, and the delay from a block's arrival, had it been in time, to its being taken. */
  const play = (seconds: number, lateMs: (block: number) => number) => {
    let dry = 0;
    let silentMs = 0;
    let delayMs = 0;
    for (const endMs = nowMs + seconds * 1000; nowMs < endMs; nowMs += burstMs) {
      for (let at = pushed + due.length; (at + 1) * 1024 * 1000 < (nowMs + 100) * sourceRateHz; at++) {
        const before = due.at(-1)?.atMs ?? 0; // a network keeps the order
        due.push({
          number: at,
          atMs: Math.max(before, ((at + 1) * 1024 * 1000) / sourceRateHz + lateMs(at)),
        });
      }
      while ((due[0]?.atMs ?? Number.POSITIVE_INFINITY) < nowMs) {
        const { number, atMs } = due.shift() ?? { number: 0, atMs: 0 };
        buffer.push({ timestampMs: number * BLOCK_MS, sampleRateHz: RATE, planes }, atMs);
        pushed++;
      }
      for (let quanta = 0; quanta < burstQuanta; quanta++) {
        const streamMs = buffer.pull(out, nowMs);
        if (streamMs === null && heard) dry++;
        if (streamMs === null) silentMs += 128_000 / RATE;
        heard = streamMs !== null;
        if (streamMs !== null)
          delayMs = (nowMs * sourceRateHz) / RATE + quanta * (128_000 / RATE) - streamMs - BLOCK_MS;
      }
    }
    return { dry, silentMs, delayMs };
  };
  return { buffer, play };
}

/** Between 0 and 1, the same in each run. */
function pseudoRandom() {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe("sound on its way to the loudspeaker", () => {
  it("is silent until 60 ms are there, then goes on without a gap", () => {
    const buffer = new JitterBuffer(RATE);
    buffer.push(block(0), 0);
    buffer.push(block(1), 0);
    expect(buffer.pull(quantum(), 0)).toBeNull();
    buffer.push(block(2), 0);
    const out = quantum();
    expect(buffer.pull(out, 0)).toBe(0);
    expect(Array.from(out[1]?.subarray(0, 4) ?? [])).toEqual([0, 1, 2, 3].map((at) => expect.closeTo(at, 1)));
    expect(buffer.pull(out, 0)).toBeCloseTo((128 * 1000) / RATE, 1);
  });

  it("is silent where it runs dry, and waits for as much as at first where that is all it knows", () => {
    const buffer = new JitterBuffer(RATE);
    for (const number of [0, 1, 2]) buffer.push(block(number), 0);
    const out = quantum();
    for (let pulls = 0; pulls < 30; pulls++) buffer.pull(out, 0);
    for (const number of [3, 4]) buffer.push(block(number), 0);
    expect(buffer.pull(out, 0)).toBeNull();
    expect(out[0]?.every((sample) => sample === 0)).toBe(true);
    buffer.push(block(5), 0);
    expect(buffer.pull(out, 0)).toBeCloseTo(3 * BLOCK_MS, 1);
  });

  it("is silent no longer than one block is late", () => {
    const { play } = stream();
    play(20, () => 0);
    const late = Math.floor(22_000 / BLOCK_MS);
    const { dry, silentMs } = play(5, (number) => (number === late ? 60 : 0));
    expect(dry).toBe(1);
    expect(silentMs).toBeLessThan(60);
  });

  it.each([
    ["at once", 1],
    ["in pieces of ten milliseconds", 4],
    ["in pieces of fifty milliseconds", 19],
  ])("keeps no more than it needs where blocks come regularly and are taken %s", (_, burstQuanta) => {
    const { play } = stream(RATE, burstQuanta);
    play(30, () => 0);
    const { dry, delayMs } = play(60, () => 0);
    expect(dry).toBe(0);
    expect(delayMs).toBeLessThan(13 + burstQuanta * 2.7);
  });

  it.each([10, 25, 40])(
    "never runs dry where blocks come up to %i ms late, and keeps little more than that",
    (jitterMs) => {
      const { play } = stream();
      const random = pseudoRandom();
      const lateMs = () => random() * jitterMs;
      play(30, lateMs);
      const { dry, delayMs } = play(120, lateMs);
      expect(dry).toBe(0);
      expect(delayMs).toBeLessThan(jitterMs + 24);
    },
  );

  it("runs dry twice at most where a block is a tenth of a second late every 10 s", () => {
    const { play } = stream();
    expect(play(300, (number) => (number % 470 === 469 ? 100 : 0)).dry).toBe(2);
  });

  it("goes on near the end of what comes by and by after a stall", () => {
    const { buffer, play } = stream();
    play(5, () => 0);
    const stalledAt = Math.floor(5000 / BLOCK_MS) + 5;
    const lateMs = (number: number) =>
      Math.max(0, 3000 - (number - stalledAt) * BLOCK_MS * (number > stalledAt ? 0.94 : 0)); // then 16 times as fast
    play(3.5, lateMs);
    expect(play(1, () => 0).dry).toBe(0);
    expect(buffer.bufferedMs).toBeLessThan(80 + 70 + BLOCK_MS);
  });

  it("leaves out what came in one piece after a stall", () => {
    const buffer = new JitterBuffer(RATE);
    for (let number = 0; number < 100; number++) buffer.push(block(number), 0); // two seconds
    expect(buffer.bufferedMs).toBeLessThan(60 + 250 + BLOCK_MS);
    const heardMs = buffer.pull(quantum(), 0) ?? 0;
    expect(heardMs).toBeGreaterThan(100 * BLOCK_MS - 60 - 250 - 2 * BLOCK_MS);
  });

  it.each([
    ["faster", 48_048],
    ["slower", 47_952],
  ])("keeps its distance from a source whose clock runs %s", (_, sourceRateHz) => {
    const { buffer, play } = stream(sourceRateHz);
    play(10, () => 0);
    expect(play(20, () => 0).dry).toBe(0);
    expect(buffer.bufferedMs).toBeLessThan(70);
  });

  it("plays mono from both loudspeakers, and another rate at its own speed", () => {
    const buffer = new JitterBuffer(RATE);
    for (let number = 0; number < 3; number++) buffer.push(block(number, 24_000, 1), 0);
    const out = quantum();
    buffer.pull(out, 0);
    expect(out[0]).toEqual(out[1]);
    expect(out[0]?.[100]).toBeCloseTo(50, 0);
  });
});
