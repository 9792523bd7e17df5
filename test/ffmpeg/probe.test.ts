import { fileURLToPath } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import { urlMedia } from "../../src/devices/media.ts";
import { redactor, shownUrl } from "../../src/devices/redact.ts";
import { probeMedia } from "../../src/ffmpeg/probe.ts";

const path = fileURLToPath(new URL("../fake-ffmpeg.js", import.meta.url));
const url = "rtsp://admin:h264@cam/1";

afterEach(() => vi.unstubAllEnvs());

/** What is told of the URL by an ffmpeg that says so. */
function probe(...stderr: readonly string[]) {
  vi.stubEnv("FAKE_FFMPEG", JSON.stringify([...stderr.map((line) => ({ stderr: line })), { exit: 1 }]));
  const media = urlMedia(url, shownUrl(url), 7);
  return probeMedia({ path, version: "7.1", majorVersion: 7 }, media, 10_000, redactor(url));
}

it("knows a codec from a password that is the same word", async () => {
  const said = [
    `Input #0, rtsp, from '${url}':`,
    "  Stream #0:0: Video: h264 (High), yuv420p, 640x480, 25 fps",
  ];
  expect(await probe(...said)).toMatchObject({
    videos: [{ codec: "h264", size: { width: 640, height: 480 } }],
  });
});

it("says why it was not opened, without the password", async () => {
  const failing = probe(
    `[rtsp @ 0x5] h264 is wrong`,
    `${url}: Server returned 401 Unauthorized (authorization failed)`,
  );
  const message: unknown = await failing.catch((error: Error) => error.message);
  expect(message).toMatch(/^rtsp:\/\/…@cam\/1: access denied; .*\(ffmpeg: Server returned 401/);
  expect(message).not.toMatch(/h264|admin/);
});
