import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogRecord } from "../../src/cli/log-lines.ts";
import { Repeats } from "../../src/cli/repeats.ts";

const event = (text: string): LogRecord => ({ level: "notice", event: "input-back", text });
const texts = (events: readonly LogRecord[]) => events.map(({ text }) => text);

test("an event is said at once, and the same again is counted", () => {
  const repeats = new Repeats();
  expect(texts(repeats.push(event("cam0 is gone"), 0))).toEqual(["cam0 is gone"]);
  for (let n = 1; n <= 12; n++) expect(repeats.push(event("cam0 is gone"), n)).toEqual([]);
  expect(repeats.flush()).toEqual([
    { level: "notice", event: "input-back", text: "cam0 is gone (12 times more)", fields: { repeated: 12 } },
  ]);
  expect(repeats.flush()).toEqual([]);
});

test("the count is due ten seconds after the first, and what comes then is said again", () => {
  const repeats = new Repeats();
  repeats.push(event("late"), 1000);
  expect(repeats.dueMs).toBeNull(); // nothing is counted yet
  repeats.push(event("late"), 5000);
  expect(repeats.dueMs).toBe(11_000);
  expect(repeats.due(10_999)).toEqual([]);
  expect(texts(repeats.due(11_000))).toEqual(["late (once more)"]);
  expect(repeats.dueMs).toBeNull();
  expect(texts(repeats.push(event("late"), 11_001))).toEqual(["late"]);
});

test("two that alternate are both counted", () => {
  const repeats = new Repeats();
  const said = Array.from({ length: 10 }, (_, n) => repeats.push(event(n % 2 ? "odd" : "even"), n)).flat();
  expect(texts(said)).toEqual(["even", "odd"]);
  expect(texts(repeats.flush())).toEqual(["even (4 times more)", "odd (4 times more)"]);
});

test("sixteen are remembered at once: with one more the oldest is said, and begins anew", () => {
  const repeats = new Repeats();
  const push = (kind: number, nowMs: number) => texts(repeats.push(event(`kind ${kind}`), nowMs));
  for (let kind = 0; kind < 16; kind++) expect(push(kind, kind)).toEqual([`kind ${kind}`]);
  expect(push(0, 20)).toEqual([]);
  expect(push(16, 21)).toEqual(["kind 0 (once more)", "kind 16"]);
  expect(push(17, 22)).toEqual(["kind 17"]); // of kind 1, nothing was counted
  expect(push(2, 23)).toEqual([]);
  expect(push(0, 24)).toEqual(["kind 2 (once more)", "kind 0"]);
});

test("counts that are due come before what is said now", () => {
  const repeats = new Repeats();
  for (const nowMs of [0, 1]) repeats.push(event("early"), nowMs);
  for (const nowMs of [5000, 5001]) repeats.push(event("late"), nowMs);
  expect(repeats.dueMs).toBe(10_000);
  expect(texts(repeats.push(event("new"), 10_000))).toEqual(["early (once more)", "new"]);
  expect(repeats.dueMs).toBe(15_000);
  expect(texts(repeats.push(event("late"), 15_000))).toEqual(["late (once more)", "late"]);
});

test("the same words of another program or gravity are another event; of another address, the same", () => {
  const repeats = new Repeats();
  const first: LogRecord = {
    level: "debug",
    event: "ffmpeg",
    program: "ffmpeg",
    text: "[mjpeg @ 0x55d0] overread 8",
  };
  expect(repeats.push(first, 0)).toHaveLength(1);
  expect(repeats.push({ ...first, text: "[mjpeg @ 0x77aa] overread 8" }, 1)).toEqual([]);
  expect(repeats.push({ ...first, level: "warning" }, 2)).toHaveLength(1);
  expect(repeats.push(event(first.text), 3)).toHaveLength(1);
});

test("nothing is lost and nothing is kept, whatever comes", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3000 })), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const repeats = new Repeats();
      let nowMs = 0;
      const said = all.flatMap(([kind, stepMs]) => repeats.push(event(`kind ${kind}`), (nowMs += stepMs)));
      const told = [...said, ...repeats.flush()].map(({ fields }) => Number(fields?.["repeated"] ?? 1));
      expect(told.reduce((sum, times) => sum + times, 0)).toBe(all.length);
      expect(repeats.flush()).toEqual([]);
    }),
  );
});
