import { expect, it } from "vitest";
import { parseAudioSpec, parseDeviceSpec } from "../../src/devices/spec.ts";

it.each([
  ["test", { kind: "test" }],
  ["test:ffmpeg", { kind: "test" }],
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
  ["FILM.MP4", { kind: "file", looksLikePath: true }],
  ["a\\b", { kind: "file", looksLikePath: true }],
  ["Cam v1.5", { kind: "file", looksLikePath: false }],
  ["x.jpeg2000", { kind: "file", looksLikePath: false }],
  ["cam0", { kind: "named", kinds: ["camera"] }],
  ["/dev/v4l/by-id/x", { kind: "named", kinds: ["camera"] }],
  ["plughw:1", { kind: "named", kinds: ["microphone"] }],
  [":0.1", { kind: "named", kinds: ["screen"] }],
  ["hw:1,0", { kind: "named", kinds: ["microphone"] }],
  [":0", { kind: "named", kinds: ["screen"] }],
  ["/sys/devices/usb1", { kind: "named", kinds: ["camera", "screen", "microphone"] }],
])("--device %s names %o", (text, spec) => {
  expect(parseDeviceSpec(text)).toMatchObject(spec);
});

it.each([
  ["auto", "own"],
  ["none", "none"],
  ["-", null],
  ["screen", null],
  ["test", { kind: "test" }],
  ["rtsp://cam/1", { kind: "url" }],
  ["mic0", { kind: "named", kinds: ["microphone"] }],
  ["song.mp3", { kind: "file", kinds: ["microphone"], looksLikePath: true }],
  ["SONG.OGG", { kind: "file", kinds: ["microphone"], looksLikePath: true }],
  ["alsa_input.usb-046d_C270.mono", { kind: "file", kinds: ["microphone"], looksLikePath: false }],
])("--audio %s names %o", (text, spec) => {
  const named = parseAudioSpec(text);
  expect(typeof spec === "object" && spec !== null ? { ...Object(named), ...spec } : spec).toEqual(named);
});
