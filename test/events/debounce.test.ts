import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Debounce } from "../../src/events/debounce.ts";
import type { PublicEvent } from "../../src/events/public-event.ts";
import type { PublicEventName } from "../../src/settings/serve-settings.ts";
import { someEvent } from "./some-event.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a rule with this `after` passes on, each with the time at which it did. */
function debounced(afterMs: number | null) {
  const passed: (readonly [atMs: number, event: string])[] = [];
  const startMs = Date.now();
  const debounce = new Debounce(afterMs, ({ event, stream, input }) => {
    const of = `${stream === "garden" ? "" : ` ${stream}`}${input === undefined ? "" : ` ${input}`}`;
    passed.push([Date.now() - startMs, `${event}${of}`]);
  });
  const push = (event: PublicEventName, more?: Partial<PublicEvent>) => debounce.push(someEvent(event, more));
  return { push, passed, debounce };
}

describe("a stream that is down", () => {
  test("is told after five seconds, and its return at once", () => {
    const { push, passed } = debounced(null);
    push("stream-up");
    push("stream-down");
    vi.advanceTimersByTime(7000);
    push("stream-up");
    expect(passed).toEqual([
      [0, "stream-up"],
      [5000, "stream-down"],
      [7000, "stream-up"],
    ]);
  });

  test("for less is not told, and neither is its return, however often", () => {
    const { push, passed } = debounced(null);
    push("stream-up");
    for (let n = 0; n < 1000; n++) {
      push("stream-down");
      vi.advanceTimersByTime(4999);
      push("stream-up");
      vi.advanceTimersByTime(100);
    }
    vi.advanceTimersByTime(60_000);
    expect(passed).toEqual([[0, "stream-up"]]);
  });

  test("is told once, and nothing of it is lost to a first start that took a while", () => {
    const { push, passed } = debounced(null);
    push("stream-down");
    vi.advanceTimersByTime(3000);
    push("stream-up");
    vi.advanceTimersByTime(60_000);
    expect(passed).toEqual([[3000, "stream-up"]]);
  });

  test("takes as long as the rule says, also no time at all", () => {
    for (const afterMs of [0, 30_000]) {
      const { push, passed } = debounced(afterMs);
      push("stream-up");
      push("stream-down");
      vi.advanceTimersByTime(30_000);
      expect(passed).toEqual([
        [0, "stream-up"],
        [afterMs, "stream-down"],
      ]);
    }
  });

  test("does not hold back another one, or other events", () => {
    const { push, passed } = debounced(null);
    for (const stream of ["garden", "yard"]) push("stream-up", { stream });
    push("stream-down");
    push("viewer-joined");
    push("stream-down", { stream: "yard", atMs: 0 });
    push("stream-up", { stream: "yard" });
    vi.advanceTimersByTime(5000);
    expect(passed).toEqual([
      [0, "stream-up"],
      [0, "stream-up yard"],
      [0, "viewer-joined"],
      [5000, "stream-down"],
    ]);
  });
});

describe("the end of a stream", () => {
  test("is told at once", () => {
    const { push, passed, debounce } = debounced(null);
    push("stream-up");
    push("stream-down");
    debounce.end("garden");
    vi.advanceTimersByTime(60_000);
    expect(passed.map(([, event]) => event)).toEqual(["stream-up", "stream-down"]);
  });

  test("is told in the order in which things happened", () => {
    const { push, passed, debounce } = debounced(10_000);
    push("stream-up");
    push("watched");
    push("stream-down", { atMs: 3 });
    push("unwatched", { atMs: 2 });
    push("input-lost", { input: "cam0", atMs: 1 });
    debounce.end("garden");
    expect(passed.slice(2).map(([, event]) => event)).toEqual([
      "input-lost cam0",
      "unwatched",
      "stream-down",
    ]);
  });

  test("is not told of one that nobody knew to be up; it begins again as a new one", () => {
    const { push, passed, debounce } = debounced(null);
    push("stream-down");
    debounce.end("garden");
    vi.advanceTimersByTime(60_000);
    expect(passed).toEqual([]);
    push("stream-up");
    debounce.end("garden");
    push("stream-up");
    expect(passed.map(([, event]) => event)).toEqual(["stream-up", "stream-up"]);
  });
});

test("inputs are told at once, unless the rule has a time for them: each has its own", () => {
  const atOnce = debounced(null);
  atOnce.push("input-lost", { input: "cam0" });
  atOnce.push("input-back", { input: "cam0" });
  expect(atOnce.passed.map(([, event]) => event)).toEqual(["input-lost cam0", "input-back cam0"]);
  const later = debounced(10_000);
  later.push("input-lost", { input: "cam0" });
  later.push("input-lost", { input: "mic0" });
  vi.advanceTimersByTime(5000);
  later.push("input-back", { input: "mic0" });
  vi.advanceTimersByTime(5000);
  expect(later.passed).toEqual([[10_000, "input-lost cam0"]]);
});

test("a viewer who reloads the page is not told as a stream that nobody watches", () => {
  const { push, passed } = debounced(3000);
  push("watched");
  push("unwatched");
  vi.advanceTimersByTime(1000);
  push("watched");
  vi.advanceTimersByTime(60_000);
  push("unwatched");
  vi.advanceTimersByTime(3000);
  expect(passed.map(([, event]) => event)).toEqual(["watched", "unwatched"]);
});

test("what is closed tells nothing more", () => {
  const { push, passed, debounce } = debounced(null);
  push("stream-up");
  push("stream-down");
  debounce.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(passed).toHaveLength(1);
});
