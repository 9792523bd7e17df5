import { expect, it } from "vitest";
import { PlayoutPace } from "../../src/web/playout-pace.ts";

const QUANTUM_MS = 128 / 48;

/** Plays for so many seconds; a block comes every eight quanta and finds so much left, less what was gained meanwhile. */
function play(pace: PlayoutPace, seconds: number, leftMs: (block: number) => number) {
  const speeds: number[] = [];
  let gainedMs = 0;
  for (let quantum = 0; quantum * QUANTUM_MS < seconds * 1000; quantum++) {
    if (quantum % 8 === 7) pace.arrived(leftMs(Math.floor(quantum / 8)) - gainedMs);
    const speed = pace.speed(QUANTUM_MS);
    gainedMs += (speed - 1) * QUANTUM_MS;
    speeds.push(speed);
  }
  return { gainedMs, fastest: Math.max(...speeds), slowest: Math.min(...speeds), last: speeds.at(-1) };
}

it("goes through what is more than needed, at most a hundredth faster, and then keeps its speed", () => {
  const { gainedMs, fastest, slowest, last } = play(new PlayoutPace(), 15, () => 48);
  expect(48 - gainedMs).toBeGreaterThan(8);
  expect(48 - gainedMs).toBeLessThan(10);
  expect([fastest, slowest, last]).toEqual([expect.closeTo(1.01, 5), 1, 1]);
});

it("keeps its speed until it has seen half a second", () => {
  expect(play(new PlayoutPace(), 0.49, () => 48).gainedMs).toBe(0);
});

it("slows down where blocks are later than before, again and again", () => {
  const pace = new PlayoutPace();
  play(pace, 1, () => 8);
  const { gainedMs, slowest } = play(pace, 15, (block) => (block % 100 === 99 ? -4 : 8));
  expect(-gainedMs).toBeGreaterThan(10);
  expect(-gainedMs).toBeLessThan(13);
  expect(slowest).toBeGreaterThanOrEqual(0.995);
});

it("pays no delay for a block that is late once", () => {
  const pace = new PlayoutPace();
  play(pace, 5, () => 8);
  expect(play(pace, 10, (block) => (block === 100 ? -4 : 8)).gainedMs).toBe(0);
});

it("begins with 60 ms, and after a silence as soon as blocks come in time again", () => {
  const pace = new PlayoutPace();
  expect([pace.mayBegin(59), pace.mayBegin(60)]).toEqual([false, true]);
  play(pace, 5, () => 8);
  pace.silent(20);
  expect(pace.mayBegin(0)).toBe(false);
  pace.arrived(0);
  expect(pace.mayBegin(21)).toBe(true);
});

it("waits longer where blocks have been later than that before", () => {
  const pace = new PlayoutPace();
  play(pace, 5, (block) => (block % 100 === 99 ? -40 : 8));
  pace.silent(20);
  expect(pace.mayBegin(21)).toBe(false);
  pace.silent(40);
  expect(pace.mayBegin(21)).toBe(true);
});

it("begins anew after an outage", () => {
  const pace = new PlayoutPace();
  play(pace, 5, (block) => (block % 100 === 99 ? -40 : 8));
  expect(pace.enoughMs).toBeGreaterThan(90);
  for (let ms = 0; ms < 201; ms++) pace.silent(1);
  expect(pace.enoughMs).toBe(60);
  expect([pace.mayBegin(59), pace.mayBegin(60)]).toEqual([false, true]);
});

it.each([
  ["where it has just begun", 0, 130],
  ["where it plays", 1.1, 310],
])("finds too much %s", (_, seconds, limitMs) => {
  const pace = new PlayoutPace();
  play(pace, seconds, () => 8);
  expect(pace.isTooMuch(limitMs)).toBe(false);
  expect(pace.isTooMuch(limitMs + 1)).toBe(true);
});

it("forgets what was left where something was left out", () => {
  const pace = new PlayoutPace();
  play(pace, 5, () => 0);
  pace.forget();
  expect(play(pace, 1, () => 8).gainedMs).toBe(0);
});
