import { expect, it } from "vitest";
import { parseDeviceSpec } from "../../src/devices/spec.ts";

it.each([
  ["test", { kind: "test" }],
  ["screen", { kind: "screen" }],
  ["-", { kind: "stdin" }],
  ["rtsp://cam/1", { kind: "url", url: "rtsp://cam/1" }],
  ["HTTPS://host/a.m3u8", { kind: "url", url: "HTTPS://host/a.m3u8" }],
  ["film.mp4", { kind: "file", path: "film.mp4" }],
  ["./test", { kind: "file", path: "./test" }],
  ["a:b.mp4", { kind: "file", path: "a:b.mp4" }],
])("--device %s names %o", (text, spec) => {
  expect(parseDeviceSpec(text)).toEqual(spec);
});
