import { rmSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { start } from "../../src/cli/start.ts";
import { stop } from "../../src/cli/stop.ts";

const flagsOf = (...argv: string[]) => Object.fromEntries(parseArguments("start", start.flags, argv).flags);

test("an option that takes a list may be given again, or once with commas", () => {
  const list = { "public-host": "cam.example,cam.lan" };
  expect(flagsOf("--public-host", "cam.example", "--public-host", "cam.lan")).toEqual(list);
  expect(flagsOf("--public-host=cam.example,cam.lan")).toEqual(list);
});

test("any other is given once", () => {
  expect(() => flagsOf("--port", "1", "--port", "2")).toThrow("--port is given more than once");
});

test("the device is a word, with a name before it or not", () => {
  expect(flagsOf("cam0")).toEqual({ device: "cam0" });
  expect(flagsOf("door=cam0", "-p", "9000")).toEqual({ name: "door", device: "cam0", port: "9000" });
  expect(flagsOf("door=rtsp://cam.lan/s?a=b")).toEqual({ name: "door", device: "rtsp://cam.lan/s?a=b" });
});

test.each(["rtsp://cam.lan/s?channel=1", "/dev/v4l/by-id/a=b", "=cam0", "a b=c"])(
  "%s has no name before it",
  (device) => expect(flagsOf(device)).toEqual({ device }),
);

test("nor has the name of a file", () => {
  const name = `take-${process.pid}`;
  writeFileSync(`${name}=2.mp4`, ""); // in the folder that we are in: a path has slashes
  onTestFinished(() => rmSync(`${name}=2.mp4`));
  expect(flagsOf(`${name}=2.mp4`)).toEqual({ device: `${name}=2.mp4` });
  expect(flagsOf(`${name}=3.mp4`)).toEqual({ name, device: "3.mp4" });
});

test.each<[argv: readonly string[], flags: object]>([
  [["-d", "cam0", "-n", "door", "-q"], { device: "cam0", name: "door", quiet: "true" }],
  [["cam0", "-vD"], { device: "cam0", verbose: "true", detach: "true" }],
  [["cam0", "-p9000"], { device: "cam0", port: "9000" }],
  [["cam0", "-port", "9000"], { device: "cam0", port: "9000" }],
  [["-"], { device: "-" }],
  [["-d", "-"], { device: "-" }],
])("%j are letters", (argv, flags) => {
  expect(flagsOf(...argv)).toEqual(flags);
});

test("of a command that takes several names, all words are names", () => {
  const { flags } = parseArguments("stop", stop.flags, ["garden", "door"]);
  expect(Object.fromEntries(flags)).toEqual({ name: "garden,door" });
});
