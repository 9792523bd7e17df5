import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LogForm, type LogRecord, lineBelow, logLine } from "../../src/cli/log-lines.ts";

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const lost: LogRecord = {
  level: "warning",
  event: "input-lost",
  text: "cam0 is gone",
  fields: { device: "cam0", retryMs: 500 },
};
const said: LogRecord = { level: "debug", event: "ffmpeg", program: "ffmpeg", text: "[v4l2] No such device" };

test.each<[form: LogForm, event: LogRecord, line: string]>([
  ["text", lost, "flvcast: cam0 is gone\n"],
  ["text", said, "ffmpeg: [v4l2] No such device\n"],
  ["journal", lost, "<4>cam0 is gone\n"],
  ["journal", said, "<7>ffmpeg: [v4l2] No such device\n"],
  ["journal", { level: "error", event: "failed", text: "over" }, "<3>over\n"],
  ["journal", { level: "notice", event: "input-back", text: "on air" }, "<5>on air\n"],
  ["journal", { level: "info", event: "starting", text: "a viewer came" }, "<6>a viewer came\n"],
  [
    "json",
    lost,
    '{"time":"2026-01-02T03:04:05.678Z","level":"warning","event":"input-lost","text":"cam0 is gone","device":"cam0","retryMs":500}\n',
  ],
  [
    "json",
    said,
    '{"time":"2026-01-02T03:04:05.678Z","level":"debug","event":"ffmpeg","program":"ffmpeg","text":"[v4l2] No such device"}\n',
  ],
])("in the form %s, %j is one line", (form, event, line) => {
  expect(logLine(event, form, AT_MS)).toBe(line);
});

test("a field never takes the place of what every event has", () => {
  const fields = { level: "debug", event: "internal-error", text: "other", time: 0 };
  const event: LogRecord = { level: "error", event: "failed", text: "it", fields };
  expect(JSON.parse(logLine(event, "json", AT_MS))).toEqual({
    time: "2026-01-02T03:04:05.678Z",
    level: "error",
    event: "failed",
    text: "it",
  });
});

describe("control characters", () => {
  test.each([
    ["a camera\u001b[2J\u001b[31m red", "a camera [2J [31m red"],
    ["two\nlines\r\nand a tab\there", "two lines and a tab here"],
    ["\u202egnp.exe", "gnp.exe"],
    ["half \ud83d a character", "half a character"],
    ["Kamera für Görli 📷", "Kamera für Görli 📷"],
  ])("are out of %j", (text, shown) => {
    expect(logLine({ level: "notice", event: "starting", text }, "text", AT_MS)).toBe(`flvcast: ${shown}\n`);
  });

  test("never get out, whatever comes in", () => {
    const forms = fc.constantFrom<LogForm>("text", "journal", "json");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), forms, (text, form) => {
        for (const line of [
          logLine({ level: "info", event: "starting", text }, form, AT_MS),
          lineBelow(text, "info", form),
        ])
          expect(line).toMatch(/^(?:[^\p{Cc}\p{Bidi_Control}]|\t)*\n?$/u);
      }),
    );
  });
});

test("what stands below a line is indented, and keeps its priority in the journal", () => {
  expect(lineBelow("at start (a.ts:1:2)", "error", "text")).toBe("  at start (a.ts:1:2)\n");
  expect(lineBelow("at start (a.ts:1:2)", "error", "journal")).toBe("<3>  at start (a.ts:1:2)\n");
});
