import { describe, expect, test } from "vitest";
import { parseDeviceSpec } from "../../src/devices/spec.ts";
import { defaultName } from "../../src/settings/default-name.ts";
import { parseName } from "../../src/settings/parse.ts";
import { secretUrls } from "../devices/secret-urls.ts";

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
  ["a.b-c.12345", "a.b-c"],
  ["a.123456", "a.123456"],
  ["-.-a-.-.mp4", "a"],
  ["a.FLV.jpg-.mp4", "a"],
  ["C920", "C920"],
  ["/dev/video0", "video0"],
  ["http://cam.local:443/", "cam.local"],
  ["rtsps://cam.local:322/", "cam.local"],
  ["http://cam.local:8080/a?channel=3", "cam.local-8080-3"],
  ["http://cam.local/?x=1&channel=12;y=4", "cam.local-12"],
  ["http://cam.local/?channel=1234", "cam.local"],
  ["rtsp://cam.local/Streaming/Channels/101", "cam.local-101"],
  ["rtsp://cam.local/h265Preview_01_main", "cam.local-01"],
];

/** Streams of one recorder or camera, in its maker's own form: all of a row differ. */
const siblings: readonly (readonly string[])[] = [
  ["cam/realmonitor?channel=1&subtype=0", "cam/realmonitor?channel=2&subtype=0"],
  ["cam/realmonitor?channel=1&subtype=0", "cam/realmonitor?channel=1&subtype=1"],
  [
    "user=admin_password=pw_channel=1_stream=0.sdp?real",
    "user=admin_password=pw_channel=2_stream=0.sdp?real",
  ],
  [
    "user=admin_password=pw_channel=1_stream=0.sdp?real",
    "user=admin_password=pw_channel=1_stream=1.sdp?real",
  ],
  ["axis-media/media.amp?videocodec=h264&camera=1", "axis-media/media.amp?videocodec=h264&camera=2"],
  ["flv?port=1935&app=bcs&stream=channel0_main.bcs", "flv?port=1935&app=bcs&stream=channel1_main.bcs"],
  ["flv?port=1935&app=bcs&stream=channel0_main.bcs", "flv?port=1935&app=bcs&stream=channel0_sub.bcs"],
  ["h264Preview_01_main", "h264Preview_01_sub", "h264Preview_02_main"],
  ["h264/ch1/main/av_stream", "h264/ch1/sub/av_stream"],
  ["mjpg/video.cgi?chn=1&token=x", "mjpg/video.cgi?chn=2&token=x"],
  ["live/1/video?channel=1", "live/2/video?channel=1"],
];

describe("a stream that nobody named", () => {
  test.each(names)("of %s is called %s", (device, name) => {
    expect(defaultName(parseDeviceSpec(device))).toBe(name);
  });

  test.each(names)("of %s has a name that could have been given", (_device, name) => {
    expect(parseName(name)).toBe(name);
  });

  test.each(secretUrls)("of $url has no secret in its name", ({ url, name }) => {
    expect(defaultName(parseDeviceSpec(url))).toBe(name);
  });

  test.each(siblings)("is not called as another of the same recorder: %s", (...paths) => {
    const all = paths.map((path) => defaultName(parseDeviceSpec(`rtsp://user:geheim@nvr:554/${path}`)));
    expect(new Set(all)).toHaveLength(paths.length);
    expect(all.join(" ")).not.toMatch(/geheim|pw/);
  });
});
