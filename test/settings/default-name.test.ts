import { describe, expect, test } from "vitest";
import { parseDeviceSpec } from "../../src/devices/spec.ts";
import { defaultName } from "../../src/settings/default-name.ts";
import { parseName } from "../../src/settings/parse.ts";

const names: readonly [device: string, name: string][] = [
  ["test", "test"],
  ["screen", "screen"],
  ["-", "stdin"],
  ["talk.mp4", "talk"],
  ["/videos/My Talk (2).mp4", "My-Talk-2"],
  ["C:\\videos\\talk.mkv", "talk"],
  ["/videos/café.mp4", "cafe"],
  ["/videos/.hidden", "hidden"],
  ["a.flv.flv", "a"],
  ["/videos/猫.mp4", "stream"],
  ["/", "stream"],
  ["", "stream"],
  ["..", "stream"],
  [`${"a".repeat(80)}.mp4`, "a".repeat(64)],
  [`${"a".repeat(60)}.flvx-b.mp4`, "a".repeat(60)],
  ["rtsp://user:geheim@cam.local:554/stream1", "cam.local-1"],
  ["rtsp://CAM.local:8554/h264/ch2/main", "cam.local-8554-2"],
  ["http://cam.local:80/video.mjpg?token=geheim", "cam.local"],
  ["rtsp://cam.local/geheim", "cam.local"],
  ["rtsp://u:12/geheim@cam.local/1", "stream"],
  ["rtmp://live.example/app/geheim", "live.example"],
  ["rtsp://cam.local/", "cam.local"],
  ["http://[fe80::1]/live/a.m3u8?token=geheim", "fe80-1"],
  ["rtsp://us:er@ge:heim", "stream"],
  ["cam:554/user=admin&password=geheim", "stream"],
  ["cam/video.cgi?user=admin&pwd=geheim", "stream"],
  ["admin:geheim@cam/1", "stream"],
];

describe("a stream that nobody named", () => {
  test.each(names)("of %s is called %s", (device, name) => {
    expect(defaultName(parseDeviceSpec(device))).toBe(name);
  });

  test.each(names)("of %s has a name that could have been given", (_device, name) => {
    expect(parseName(name)).toBe(name);
  });
});
