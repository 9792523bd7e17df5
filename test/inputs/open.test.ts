import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { asDetected } from "../../src/devices/media.ts";
import { release } from "../../src/devices/source.ts";
import { parseDeviceSpec } from "../../src/devices/spec.ts";
import { anyTracks } from "../../src/devices/track-choice.ts";
import { type OpenOptions, openSource } from "../../src/inputs/open.ts";
import { PipeFeed } from "../../src/inputs/pipe-feed.ts";
import { serveHttp } from "../e2e/servers.ts";
import { fixture } from "../media/fixture.ts";
import { fakeMachine } from "../system/fake-machine.ts";
import { options as deviceOptions, machine } from "./webcam.ts";

const folder = mkdtempSync(join(tmpdir(), "flvcast-open-"));
const clip = join(folder, "clip.mp4");
const pipe = join(folder, "pipe");
writeFileSync(clip, "clip");
const empty = join(folder, "empty.mp4");
writeFileSync(empty, "");
mkdirSync(join(folder, "films"));
execFileSync("mkfifo", [pipe]);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options: OpenOptions = {
  ...deviceOptions,
  ffmpeg: {
    path: fileURLToPath(new URL("../fake-ffmpeg.js", import.meta.url)),
    ...{ version: "7.1", majorVersion: 7 },
  },
  ...{ wanted: { video: true, audio: true }, loop: false, timeoutMs: 60_000 },
  mayPass: true,
  ...{ how: asDetected, tracks: anyTracks },
};

const VIDEO = "  Stream #0:0: Video: h264 (High), yuv420p, 640x480, 25 fps";
const HEAD = ["Input #0, mov, from 'it':", "  Duration: 00:00:02.00, start: 0.000000, bitrate: 100 kb/s"];

/** What the fake ffmpeg lists of any file. */
function listing(...lines: readonly string[]): void {
  vi.stubEnv("FAKE_FFMPEG", JSON.stringify([...lines.map((stderr) => ({ stderr })), { exit: 1 }]));
}
beforeEach(() => listing(...HEAD, VIDEO));
afterEach(() => vi.unstubAllEnvs());

function open(text: string, how: Partial<OpenOptions> = {}) {
  const spec = parseDeviceSpec(text);
  if (spec.kind === "stdin" || spec.kind === "publisher") throw new Error(`${text} is not opened`);
  return openSource(spec, { ...options, ...how });
}

/** Whether it can be used or not. */
async function openOnce(): Promise<void> {
  const source = await open("/dev/null").catch(() => null);
  expect(source?.feed === undefined).toBe(source === null);
}

const mode = (inputFormat: string) => ({ ...options.mode, inputFormat });
const PIN = { name: clip, stableId: "/dev/v4l/by-id/usb-Maker_HD_Webcam_1234-video-index0" };

describe("what --device names is opened", () => {
  it.each<[string, string, Partial<OpenOptions>, object]>([
    [
      "a file, played in real time to its end",
      clip,
      {},
      { url: `file:${clip}`, inputOptions: ["-re"], hasEnd: true },
    ],
    [
      "a file, again and again",
      clip,
      { loop: true },
      { inputOptions: ["-stream_loop", "-1", "-re"], hasEnd: false },
    ],
    ["a character device, as it comes", "/dev/null", {}, { url: "pipe:0", clock: "live", hasEnd: true }],
    ["a device by its pin, before a file of that name", clip, { pins: [PIN] }, { url: "/dev/video0" }],
    ["a device by a part of its name", "webc", {}, { url: "/dev/video0" }],
    ["a device that is no file", "cam0", {}, { url: "/dev/video0" }],
    ["the screen of its display", "screen", {}, { url: expect.stringMatching(/^:7/) as string }],
    [
      "the test picture, with what is wanted",
      "test",
      { wanted: { video: true, audio: false } },
      { audio: null },
    ],
  ])("%s", async (_, text, how, source) => {
    if (text === "/dev/null")
      listing("Input #0, mpegts, from 'it':", "  Duration: N/A, start: 0.000000", VIDEO);
    expect(await open(text, how)).toMatchObject(source);
  });

  it.each<[string, string, Partial<OpenOptions>, string, RegExp]>([
    [
      "a camera's format for a file",
      clip,
      { mode: mode("mjpeg") },
      "usage",
      /^--input-format works only with cameras, and ".*clip\.mp4" is a file; remove it$/,
    ],
    [
      "a device again and again",
      "webc",
      { loop: true },
      "usage",
      /^--loop works only with files, and "webc" is a device; remove it$/,
    ],
    [
      "a named pipe again and again",
      pipe,
      { loop: true },
      "usage",
      /^--loop works only with files, and ".*pipe" can be read only once; remove it$/,
    ],
    [
      "a path where nothing is",
      join(folder, "none.mp4"),
      {},
      "deviceAbsent",
      /^no device or file named ".*none\.mp4"/,
    ],
    ["a path through a file", join(clip, "a.mp4"), {}, "deviceAbsent", /^no device or file named /],
    [
      "a path too long for the system",
      `/${"a".repeat(5000)}.mp4`,
      {},
      "deviceAbsent",
      /^no device or file named /,
    ],
    ["a path that is none", "/a\0b.mp4", {}, "brokenInput", /^cannot read /],
    ["an empty file", empty, {}, "brokenInput", /empty\.mp4 is empty$/],
    ["a folder", join(folder, "films"), {}, "deviceAbsent", /films is a directory, not a media file$/],
    ["a name that nothing has", "Nikon", {}, "deviceAbsent", /^camera "Nikon" not found; available: cam0/],
    [
      "a pinned device that is away",
      "door.mp4",
      { pins: [{ name: "door.mp4", stableId: "/dev/away" }] },
      "deviceAbsent",
      /^"door\.mp4" is pinned to \/dev\/away/,
    ],
  ])("%s is refused", async (_, text, how, reason, message) => {
    await expect(open(text, how)).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([clip, "udp://127.0.0.1:9"])("video in %s whose size nobody can tell is refused", async (text) => {
    listing(...HEAD, VIDEO.replace("640x480", "none"));
    await expect(open(text)).rejects.toMatchObject({
      reason: "notReady",
      message: expect.stringMatching(
        / sent no key frame within 60 s, so its video size is unknown/,
      ) as string,
    });
    await expect(open(text, { wanted: { video: false, audio: true } })).resolves.toBeDefined();
  });

  it.each([
    [
      "describes its video is looked at for a second by the next process, too",
      "sprop-parameter-sets=Z2QA",
      "1000000",
    ],
    ["does not is looked at until a key frame has come", "packetization-mode=1", "59000000"],
  ])("an RTSP camera that %s", async (_, fmtp, boundUs) => {
    listing(
      ...["[rtsp @ 0x5] SDP:", "v=0", "m=video 0 RTP/AVP 96", `a=fmtp:96 ${fmtp}`],
      ...["Input #0, rtsp, from 'it':", "  Duration: N/A, start: 0.0, bitrate: N/A", VIDEO],
    );
    const { inputOptions } = await open("rtsp://cam/1");
    expect(inputOptions[inputOptions.indexOf("-analyzeduration") + 1]).toBe(boundUs);
    expect(inputOptions).not.toContain("-max_ts_probe"); // what is copied decides
  });

  it.each([
    ["that sends none in time", [{ stall: true }], "notReady", /sent no key frame within 2 s/],
    [
      "that fails meanwhile",
      [{ stderr: "udp://127.0.0.1:9: Connection refused" }, { exit: 1 }],
      "deviceAbsent",
      /Connection refused/,
    ],
  ])("a URL is read until a key frame tells the size of its video, and one %s is refused", async (...row) => {
    const [, steps, reason, message] = row;
    const sizeless = [...HEAD, VIDEO.replace("640x480", "none")].map((stderr) => ({ stderr }));
    vi.stubEnv("FAKE_FFMPEG", JSON.stringify({ audio: [[...sizeless, { exit: 1 }], steps] }));
    vi.stubEnv("FAKE_FFMPEG_LIVES", mkdtempSync(join(folder, "lives-")));
    await expect(open("udp://127.0.0.1:9", { timeoutMs: 2000 })).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    [
      "what neither ffmpeg nor we know",
      ["it: Invalid data found when processing input"],
      /sends data that is neither a stream ffmpeg can read nor JPEG images; check the URL$/,
    ],
    [
      "an image of another kind",
      ["Input #0, png_pipe, from 'it':", "  Duration: N/A", VIDEO.replace("h264 (High)", "png")],
      /sends images in png; set the camera to JPEG/,
    ],
  ])("an HTTP camera that sends %s is refused", async (_, lines, message) => {
    const server = await serveHttp((_request, response) => void response.end("no image"));
    listing(...lines);
    await expect(open(`http://127.0.0.1:${server.port}/snap`)).rejects.toMatchObject({
      reason: "brokenInput",
      message: expect.stringMatching(message) as string,
    });
    await server.stop();
  });

  it("a single image is refused where it would be over at once", async () => {
    listing("Input #0, image2, from 'it':", "  Duration: 00:00:00.04, start: 0.0, bitrate: N/A", VIDEO);
    await expect(open(clip)).rejects.toMatchObject({
      reason: "usage",
      message: `${clip} is a single image; add --loop to stream it continuously`,
    });
    await expect(open(clip, { loop: true })).resolves.toBeDefined();
  });

  it("a socket of another program is refused", async () => {
    const path = join(folder, "socket");
    const server = createServer().listen(path);
    await once(server, "listening");
    await expect(open(path)).rejects.toMatchObject({
      reason: "brokenInput",
      message: expect.stringContaining(`cannot read ${path}: ENXIO`),
    });
    server.close();
  });

  it("a file with neither video nor audio is refused", async () => {
    listing(...HEAD, "  Stream #0:0: Data: bin_data");
    await expect(open(clip)).rejects.toMatchObject({
      reason: "brokenInput",
      message: `${clip} contains no video or audio`,
    });
  });

  it.each([
    ["is let go where it cannot be used", ["it: Invalid data found when processing input"], 1],
    ["is kept for the capture where it can", [...HEAD, VIDEO], 0],
  ])("a device that is read once %s", async (_, lines, closings) => {
    const opening = vi.spyOn(PipeFeed, "open");
    listing(...lines);
    const close = vi.spyOn(PipeFeed.prototype, "close");
    await openOnce();
    expect(opening).toHaveBeenCalledWith("/dev/null");
    expect(close).toHaveBeenCalledTimes(closings);
    vi.restoreAllMocks();
  });

  it("live FLV whose address does not tell of it is read as it comes, in a single connection", async () => {
    let requests = 0;
    const server = await serveHttp((_request, response) => {
      requests += 1;
      response.writeHead(200).write(fixture("flv/clean.flv"));
    });
    listing("Input #0, flv, from 'it':", VIDEO);
    try {
      const source = await open(`http://127.0.0.1:${server.port}/live`);
      expect(source).toMatchObject({
        video: { codec: "h264", passesThrough: true },
        audio: { codec: "aac" },
      });
      expect([source.messages === undefined, requests]).toEqual([false, 1]);
      release(source);
    } finally {
      await server.stop();
    }
  });

  it("a screen elsewhere is one of its listed devices", async () => {
    const elsewhere = { ...options, machine: fakeMachine({ platform: "win32" }) };
    expect(machine.platform).toBe("linux");
    expect((await open("screen", elsewhere)).inputOptions).toContain("gdigrab");
  });
});
