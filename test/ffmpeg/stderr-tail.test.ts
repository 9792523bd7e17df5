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
