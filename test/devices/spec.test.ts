import { expect, it } from "vitest";
import { parseDeviceSpec } from "../../src/devices/spec.ts";

it.each([
  ["test", { kind: "test" }],
  ["screen", { kind: "screen" }],
  ["-", { kind: "stdin" }],
  ["rtsp://cam/1", { kind: "url", text: "rtsp://cam/1" }],
  ["HTTPS://Host/A.m3u8", { kind: "url", text: "https://Host/A.m3u8" }],
  ["udp://239.0.0.1:5000", { kind: "url" }],
  ["srt://0.0.0.0:9000?mode=listener", { kind: "url" }],
  ["rtp://239.0.0.1:5004", { kind: "url" }],
  ["tcp://10.0.0.9:5000", { kind: "url" }],
  ["film.mp4", { kind: "file", text: "film.mp4" }],
  ["./test", { kind: "file", text: "./test" }],
  ["a:b.mp4", { kind: "file", text: "a:b.mp4", looksLikePath: true }],
  ["HD Webcam", { kind: "file", text: "HD Webcam", looksLikePath: false }],
  ["cam0", { kind: "named", kinds: ["camera"] }],
  ["hw:1,0", { kind: "named", kinds: ["microphone"] }],
  [":0", { kind: "named", kinds: ["screen"] }],
  ["/sys/devices/usb1", { kind: "named", kinds: ["camera", "screen", "microphone"] }],
])("--device %s names %o", (text, spec) => {
  expect(parseDeviceSpec(text)).toMatchObject(spec);
});
