import { describe, expect, it } from "vitest";
import type { Camera, Device } from "../../src/devices/device.ts";
import { mediaSource, urlMedia } from "../../src/devices/media.ts";
import { screenSource } from "../../src/devices/screen.ts";
import type { Source } from "../../src/devices/source.ts";
import { testSource } from "../../src/devices/test-source.ts";
import { openDevice } from "../../src/inputs/open-device.ts";
import { reopenSource } from "../../src/inputs/reopen.ts";
import { serveHttp } from "../e2e/servers.ts";
import { accounts, type FakeParts, fakeMachine } from "../system/fake-machine.ts";
import { options } from "./webcam.ts";

const SAME = { isSame: true, lastSegment: null };
const WEBCAM = { text: "cam0", kinds: ["camera"] } as const;

/** The machine's webcam, and what names it. */
async function webcam(stableId?: string): Promise<Source & { readonly device: Camera }> {
  const source = await openDevice(WEBCAM, options);
  if (source.device?.kind !== "camera") throw new Error("no camera");
  return { ...source, device: { ...source.device, stableId: stableId ?? source.device.stableId } };
}

function onMachine(parts: FakeParts) {
  const machine = fakeMachine({ ...parts, files: accounts() });
  return { machine, options: { ...options, machine } };
}

describe("a camera that sends what it sent before", () => {
  it.each<[string, string, FakeParts]>([
    [
      "its link leads to another node",
      "/dev/v4l/by-id/webcam",
      {
        links: { "/dev/v4l/by-id/webcam": "/dev/video5" },
        nodes: { "/dev/video5": { gid: 44, mayOpen: true } },
      },
    ],
    [
      "its place in /sys has another node",
      "/sys/webcam",
      {
        links: { "/sys/webcam": "/sys/devices/usb1/video4linux/video5" },
        nodes: { "/dev/video5": { gid: 44, mayOpen: true } },
      },
    ],
  ])("is opened where it is by now, without a question: %s", async (_, stableId, parts) => {
    const { machine, options: moved } = onMachine(parts);
    const source = await webcam(stableId);
    expect(await reopenSource(source, moved, SAME)).toEqual({
      ...source,
      url: "/dev/video5",
      device: { ...source.device, node: "/dev/video5" },
    });
    expect(machine.runs).toEqual([]);
  });

  it.each<[string, string, FakeParts, object]>([
    [
      "is not there",
      "/dev/v4l/by-id/webcam",
      {},
      { reason: "deviceAbsent", message: "cam0 (/dev/v4l/by-id/webcam) is not connected" },
    ],
    [
      "has no node yet",
      "/sys/webcam",
      { links: { "/sys/webcam": "/sys/devices/usb1/video4linux/video5" } },
      { reason: "deviceAbsent", message: "cam0 (/sys/webcam) is not connected" },
    ],
    [
      "may not be opened",
      "/dev/video5",
      { nodes: { "/dev/video5": { gid: 44, mayOpen: false } } },
      {
        reason: "permission",
        message: expect.stringMatching(
          /^cam0: no permission on \/dev\/video5.*usermod -aG video kim/,
        ) as string,
      },
    ],
  ])("and %s is waited for", async (_, stableId, parts, failure) => {
    const source = await webcam(stableId);
    await expect(reopenSource(source, onMachine(parts).options, SAME)).rejects.toMatchObject(failure);
  });
});

describe("a device that is opened again", () => {
  it("is asked anew where it may send something else", async () => {
    const source = { ...(await webcam()), url: "/dev/video9" };
    const { url } = await reopenSource(source, options, { ...SAME, isSame: false });
    expect(url).toBe("/dev/video0");
  });

  it("is asked anew where it is a microphone", async () => {
    const source = await openDevice({ text: "mic1", kinds: ["microphone"] }, options);
    expect((await reopenSource({ ...source, url: "plughw:9,0" }, options, SAME)).url).toBe("plughw:1,0");
  });

  const found = { alias: "screen0", name: "a screen", stableId: ":7", holders: [] };
  const common = { ...found, node: ":7", access: { isAllowed: true } } as const;
  it.each<[string, Device]>([
    [
      "a sound server's source",
      { ...common, kind: "microphone", demuxer: "pulse", physicalId: null, isMonitor: false },
    ],
    ["an X11 screen", { ...common, kind: "screen", demuxer: "x11grab", area: null }],
    ["a screen of Windows", { ...common, kind: "screen", demuxer: "gdigrab", area: null }],
  ])("is taken as it was where nothing can have changed: %s", async (_, device) => {
    const { machine, options: elsewhere } = onMachine({});
    const screen = { ...common, kind: "screen", demuxer: "x11grab", area: null } as const;
    const source = { ...screenSource(screen, null), device };
    expect(await reopenSource(source, elsewhere, { ...SAME, isSame: false })).toBe(source);
    expect(machine.runs).toEqual([]);
  });

  it("is not found in what is no device: it is taken as it was", async () => {
    const source = testSource({ wanted: { video: true, audio: true }, size: null, fps: null });
    expect(await reopenSource(source, options, { isSame: true, lastSegment: "b.ts" })).toBe(source);
  });
});

/** Where a live playlist is begun, of which this was played last. */
async function reopened(playlist: string, lastSegment: string | null): Promise<string> {
  const server = await serveHttp((_request, response) => void response.end(playlist));
  const url = `http://127.0.0.1:${server.port}/live.m3u8`;
  const size = { width: 320, height: 180 };
  const videos = [{ index: 0, codec: "h264", size, fps: 25, programs: [] }];
  const streams = { demuxer: "hls", videos, audios: [], hasDuration: false };
  const source = mediaSource(urlMedia(url, "the playlist", 7), streams);
  try {
    const { inputOptions } = await reopenSource(source, options, { isSame: true, lastSegment });
    const at = inputOptions.indexOf("-live_start_index");
    return at < 0 ? "where ffmpeg likes" : `at segment ${inputOptions[at + 1]}`;
  } finally {
    await server.stop();
  }
}

describe("a live playlist that is opened again", () => {
  it.each([
    ["behind the first that was played", "http://cam/a.ts", "at segment 1"],
    ["behind the second that was played", "http://cam/b.ts", "at segment 2"],
    ["anywhere behind one that is in it no more", "http://cam/0.ts", "where ffmpeg likes"],
    ["anywhere where none was played", null, "where ffmpeg likes"],
  ])("goes on %s", async (_, lastSegment, place) => {
    expect(await reopened("#EXTM3U\na.ts\nb.ts\nc.ts\n", lastSegment)).toBe(place);
  });

  it.each([
    ["of which one's name ends as another's", "http://cam/11.ts", "1.ts\n11.ts\n12.ts\n", "at segment 2"],
    ["in a folder", "http://cam/live/1.ts", "live/1.ts\nlive/2.ts\n", "at segment 1"],
    ["named from the root", "http://cam/live/1.ts", "/live/1.ts\n/live/2.ts\n", "at segment 1"],
    ["on another server", "http://cdn/1.ts?a=1", "http://cdn/1.ts?a=1\nhttp://cdn/2.ts\n", "at segment 1"],
    ["told apart by a parameter", "http://cam/live?s=1", "?s=1\n?s=2\n", "at segment 1"],
  ])("goes on behind a segment %s", async (_, lastSegment, segments, place) => {
    expect(await reopened(`#EXTM3U\n${segments}`, lastSegment)).toBe(place);
  });

  it("is waited for while nothing is in it behind what was played", async () => {
    await expect(reopened("#EXTM3U\na.ts\nb.ts\nc.ts\n", "http://cam/c.ts")).rejects.toMatchObject({
      reason: "notReady",
      message: "the playlist has no new segment yet",
    });
  });

  it("goes on anywhere where its server sends none", async () => {
    expect(await reopened("", "http://cam/a.ts")).toBe("where ffmpeg likes");
  });
});
