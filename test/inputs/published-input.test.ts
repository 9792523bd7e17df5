import { expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { PublishedInput } from "../../src/inputs/published-input.ts";
import {
  audioConfig,
  interFrame,
  keyFrame,
  sound,
  videoConfig,
  vp9Config,
} from "../server/rtmp/rtmp-client.ts";

const opening = [videoConfig, audioConfig, keyFrame(0)];

function publishing(limits = { maxBytes: 10_000, maxMs: 10_000 }) {
  const world = { nowMs: 0, known: 0 };
  const input = new PublishedInput({
    ...{ limits, now: () => world.nowMs },
    onKnown: () => void (world.known += 1),
  });
  /** All of the one who takes it, as `v0`, `a3`. */
  const taken = () => {
    const publisher = input.take();
    if (publisher === null) return null;
    const names: string[] = [];
    const ends: (string | null)[] = [];
    const add = (messages: readonly { type: number; timestampMs: number }[]) =>
      names.push(...messages.map(({ type, timestampMs }) => `${type === 9 ? "v" : "a"}${timestampMs}`));
    add(publisher.opening.messages);
    const stop = publisher.feed.receive({
      onMessages: add,
      onEnd: (failure) => ends.push(failure?.message ?? null),
    });
    return { names, ends, stop, feed: publisher.feed };
  };
  return { world, input, taken };
}

test("it can be taken once its tracks are known, and once at a time", () => {
  const { input, taken, world } = publishing();
  input.push([videoConfig]);
  expect([taken(), world.known]).toEqual([null, 0]);
  input.push([audioConfig, keyFrame(0), interFrame(40)]);
  expect(taken()?.names).toEqual(["v0", "a0", "v0", "v40"]);
  expect(taken()).toBeNull();
});

test("what nobody takes is kept from the last key frame on, with the settings before it", () => {
  const { input, taken } = publishing();
  input.push([
    ...opening,
    interFrame(40),
    keyFrame(80),
    sound(90),
    keyFrame(120),
    interFrame(160),
    sound(170),
  ]);
  expect(taken()?.names).toEqual(["v120", "a120", "v120", "v160", "a170"]);
});

test("more than can be kept is dropped, and kept again from a key frame on", () => {
  const { input, taken } = publishing({ maxBytes: 1000, maxMs: 10_000 });
  input.push([...opening, ...Array.from({ length: 20 }, (_, index) => interFrame(index))]);
  expect(taken()).toBeNull();
  input.push([interFrame(30), keyFrame(40), interFrame(80)]);
  expect(taken()?.names).toEqual(["v40", "a40", "v40", "v80"]);
});

test("what is kept for too long is dropped, too", () => {
  const { input, taken, world } = publishing();
  input.push([...opening, interFrame(40)]);
  world.nowMs = 10_001;
  input.push([interFrame(80)]);
  expect(taken()).toBeNull();
});

test("a capture that begins too late hears of it", async () => {
  const { input, world } = publishing();
  input.push(opening);
  const publisher = input.take();
  input.push([interFrame(40)]);
  world.nowMs = 10_001;
  input.push([interFrame(80)]);
  const ends: (string | undefined)[] = [];
  publisher?.feed.receive({ onMessages: () => undefined, onEnd: (failure) => ends.push(failure?.message) });
  await Promise.resolve();
  expect(ends).toEqual(["it took too long to start"]);
});

test("a capture that ends leaves the publisher to the next", () => {
  const { input, taken, world } = publishing();
  input.push(opening);
  const first = taken();
  first?.stop();
  const before = world.known;
  input.push([interFrame(40), sound(50)]);
  expect([taken(), world.known]).toEqual([null, before]);
  input.push([keyFrame(80), interFrame(120)]);
  expect(taken()?.names).toEqual(["v80", "a80", "v80", "v120"]);
  expect([world.known, first?.names]).toEqual([before + 1, ["v0", "a0", "v0"]]);
});

test("sound alone begins anywhere", () => {
  const { input, taken, world } = publishing();
  input.push([audioConfig, sound(0)]);
  world.nowMs = 2001;
  input.push([sound(23)]);
  const first = taken();
  expect(first?.names).toEqual(["a0", "a0", "a23"]);
  first?.stop();
  input.push([sound(46)]);
  world.nowMs = 4002;
  input.push([sound(69)]);
  expect(taken()?.names.slice(-1)).toEqual(["a69"]);
});

test("its end is the end of who has it, and of who takes it no more", async () => {
  const { input, taken } = publishing();
  input.push(opening);
  const has = taken();
  input.end(new UserError("deviceAbsent", "the publisher stopped"));
  input.push([keyFrame(80)]);
  expect([has?.ends, has?.names, taken()]).toEqual([["the publisher stopped"], ["v0", "a0", "v0"], null]);
});

test("a codec that cannot be carried is told in words, also of a second beginning", () => {
  const { input, taken } = publishing();
  input.push(opening);
  taken()?.stop();
  input.push([keyFrame(40)]);
  const other = publishing();
  expect(() => other.input.push([vp9Config])).toThrow("set the encoder to H.264");
});
