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

describe("sound on its way to the loudspeaker", () => {
  it("is silent until 60 ms are there, then goes on without a gap", () => {
    const buffer = new JitterBuffer(RATE);
    buffer.push(block(0));
    buffer.push(block(1));
    expect(buffer.pull(quantum())).toBeNull();
    buffer.push(block(2));
    const out = quantum();
    expect(buffer.pull(out)).toBe(0);
    expect(Array.from(out[1]?.subarray(0, 4) ?? [])).toEqual([0, 1, 2, 3].map((at) => expect.closeTo(at, 1)));
    expect(buffer.pull(out)).toBeCloseTo((128 * 1000) / RATE, 1);
  });

  it("is silent where it runs dry, and keeps more ahead from then on", () => {
    const buffer = new JitterBuffer(RATE);
    for (const number of [0, 1, 2]) buffer.push(block(number));
    for (let pulls = 0; pulls < 30; pulls++) buffer.pull(quantum());
    const out = quantum();
    expect(buffer.pull(out)).toBeNull();
    expect(out[0]?.every((sample) => sample === 0)).toBe(true);
    expect(buffer.targetMs).toBe(80);
  });

  it("keeps less ahead again after half a minute without running dry, never less than at first", () => {
    const buffer = new JitterBuffer(RATE);
    const out = [new Float32Array(1024)];
    let pushed = 0;
    const play = (seconds: number) => {
      for (let pulls = 0; pulls < (seconds * RATE) / 1024; pulls++) {
        while (buffer.bufferedMs < buffer.targetMs + BLOCK_MS) buffer.push(block(pushed++));
        buffer.pull(out);
      }
    };
    play(1);
    for (let pulls = 0; pulls < 8; pulls++) buffer.pull(out);
    expect(buffer.targetMs).toBe(80);
    play(29);
    expect(buffer.targetMs).toBe(80);
    play(2);
    expect(buffer.targetMs).toBe(60);
    play(31);
    expect(buffer.targetMs).toBe(60);
  });

  it("goes on near the end of what comes by and by after a stall", () => {
    const buffer = new JitterBuffer(RATE);
    const out = quantum();
    let pushed = 0;
    const play = (ms: number, blocksPerQuantum: number) => {
      let due = 0;
      for (let outMs = 0; outMs < ms; outMs += (128 * 1000) / RATE) {
        for (due += blocksPerQuantum; due >= 1; due--) buffer.push(block(pushed++));
        buffer.pull(out);
      }
    };
    for (let number = 0; number < 3; number++) buffer.push(block(pushed++));
    play(5000, 1 / 8);
    play(3000, 0);
    play(200, 2); // what was held up, 16 times as fast
    play(500, 1 / 8);
    expect(buffer.targetMs).toBe(80);
    expect(buffer.bufferedMs).toBeLessThan(80 + 70 + BLOCK_MS);
  });

  it("leaves out what came in one piece after a stall", () => {
    const buffer = new JitterBuffer(RATE);
    for (let number = 0; number < 100; number++) buffer.push(block(number)); // two seconds
    expect(buffer.bufferedMs).toBeLessThan(60 + 250 + BLOCK_MS);
    const heardMs = buffer.pull(quantum()) ?? 0;
    expect(heardMs).toBeGreaterThan(100 * BLOCK_MS - 60 - 250 - 2 * BLOCK_MS);
  });

  it.each([
    ["faster", 48_384],
    ["slower", 47_808],
  ])("keeps its distance from a source whose clock runs %s", (_, sourceRateHz) => {
    const buffer = new JitterBuffer(RATE);
    const out = quantum();
    const spanS = 20;
    let pushed = 0;
    for (let outMs = 0; outMs < spanS * 1000; outMs += (128 * 1000) / RATE) {
      while (pushed * 1024 < (outMs / 1000) * sourceRateHz + 3072) buffer.push(block(pushed++));
      buffer.pull(out);
    }
    expect(buffer.targetMs).toBe(60); // it never ran dry
    expect(buffer.bufferedMs).toBeLessThan(150);
  });

  it("plays mono from both loudspeakers, and another rate at its own speed", () => {
    const buffer = new JitterBuffer(RATE);
    for (let number = 0; number < 3; number++) buffer.push(block(number, 24_000, 1));
    const out = quantum();
    buffer.pull(out);
    expect(out[0]).toEqual(out[1]);
    expect(out[0]?.[100]).toBeCloseTo(50, 0);
  });
});
