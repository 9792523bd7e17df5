import { expect, it } from "vitest";
import { StderrTail } from "../../src/ffmpeg/stderr-tail.ts";

it("keeps the last thirty lines of what a process says, however it is cut", () => {
  const heard: string[] = [];
  const tail = new StderrTail(
    (line) => line,
    (line) => heard.push(line),
  );
  const text = Array.from({ length: 40 }, (_, n) => `line ${n}`).join("\r\n");
  for (const character of text) tail.push(character);
  tail.end();
  expect(heard).toHaveLength(40);
  expect(tail.lines).toEqual(heard.slice(10));
});

it("bounds a line that never ends", () => {
  const tail = new StderrTail(
    (line) => line,
    () => undefined,
  );
  for (let n = 0; n < 1000; n++) tail.push("x".repeat(10_000));
  tail.end();
  expect(tail.lines.map((line) => line.length)).toEqual([1000]);
});

it("hides a password that the end of a piece cuts in two", () => {
  const tail = new StderrTail(
    (line) => line.replaceAll("secret", "***"),
    () => undefined,
  );
  tail.push("open rtsp://u:sec");
  tail.push("ret@cam\n");
  expect(tail.lines).toEqual(["open rtsp://u:***@cam"]);
});

it("hides a password that the end of what is kept would cut in two", () => {
  const tail = new StderrTail(
    (line) => line.replaceAll("secret", "…"),
    () => undefined,
  );
  for (const before of [996, 998]) tail.push(`${"x".repeat(before)}secret is wrong\n`);
  expect(tail.lines).toEqual([`${"x".repeat(996)}… is`, `${"x".repeat(998)}… `]);
});

/** What is kept for people, and what is heard at once. */
function hear(...lines: readonly string[]) {
  const heard: string[] = [];
  const tail = new StderrTail(
    (line) => line,
    (line) => heard.push(line),
  );
  tail.push(lines.map((line) => `${line}\n`).join(""));
  return { heard, lines: tail.lines, counted: tail.counted };
}

it("keeps a line once that is said again and again, from wherever in memory, and counts it", () => {
  const overreads = Array.from(
    { length: 100 },
    (_, n) => `[mjpeg @ 0x${(4096 + n).toString(16)}] overread 8`,
  );
  const { heard, lines, counted } = hear("first", ...overreads, "last");
  expect(heard).toHaveLength(102);
  expect(lines).toEqual(["first", "[mjpeg @ 0x1000] overread 8", "last"]);
  expect(counted).toEqual(["first", "[mjpeg @ 0x1000] overread 8 (99 times more)", "last"]);
});

// $ ffmpeg -hide_banner -i broken.avi -f null - (libavutil/log.c counts by itself)
it("counts what ffmpeg has counted", () => {
  const { heard, counted } = hear(
    "[mjpeg @ 0x1] error count: 64",
    "    Last message repeated 11 times",
    "end",
  );
  expect(counted).toEqual(["[mjpeg @ 0x1] error count: 64 (11 times more)", "end"]);
  expect(heard).toContain("[mjpeg @ 0x1] error count: 64 (11 times more)");
});

it("takes what SVT-AV1 says of itself for information, and its errors for what they are", () => {
  const { lines } = hear(
    "Svt[info]: SVT [version]:\tSVT-AV1 Encoder Lib v2.3.0",
    "Svt[warn]: Preset M12 is mapped to M11.",
    "Svt[error]: Instance 1: Max Bitrate only supported with CRF mode",
  );
  expect(lines).toEqual(["Svt[error]: Instance 1: Max Bitrate only supported with CRF mode"]);
});

it("does not take a repeated information for a repeated failure", () => {
  const { counted } = hear("bad", "[graph @ 0x1] [info] fine", "    Last message repeated 3 times");
  expect(counted).toEqual(["bad"]);
});
