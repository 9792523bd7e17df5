import { copyFileSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium as browserType } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeAmf0 } from "../../src/media/flv/amf0.ts";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { closeFileMetadata, openFileMetadata } from "../../src/media/flv/file-metadata.ts";
import { encodeHeader } from "../../src/media/flv/header.ts";
import { headerBytes, TagType } from "../../src/media/flv/layout.ts";
import { readMessageBody } from "../../src/media/flv/message-body.ts";
import { makeFolder } from "../e2e/folder.ts";
import { START_MS } from "../recordings/fake-recordings.ts";
import { findProgram, mustRun } from "../run.ts";
import { Recorded } from "../server/recordings/recorded.ts";
import { seekInVlc } from "./vlc.ts";

const SECONDS = 29;
const SEEK_S = 22.3;
/** So much a second, and the end of the file is not there yet when it is asked for. */
const BYTES_PER_SECOND = 2_500_000;

const require = createRequire(import.meta.url);
const folder = makeFolder();
let recorded: Recorded;
let path: string;

beforeAll(async () => {
  const made = folder.file("made.flv");
  const video = ["-f", "lavfi", "-i", `testsrc2=size=1280x720:rate=30,noise=alls=20:allf=t`];
  const audio = ["-f", "lavfi", "-i", "sine=sample_rate=48000"];
  const codecs = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-b:v",
    "2500k",
    "-maxrate",
    "2500k",
    "-bufsize",
    "2500k",
  ];
  const rest = ["-g", "60", "-bf", "0", "-pix_fmt", "yuv420p", "-c:a", "aac", "-t", String(SECONDS), made];
  await mustRun(["ffmpeg", "-hide_banner", "-loglevel", "error", ...video, ...audio, ...codecs, ...rest]);
  copyFileSync(fileURLToPath(new URL("seek.html", import.meta.url)), folder.file("seek.html"));
  copyFileSync(require.resolve("mpegts.js/dist/mpegts.js"), folder.file("mpegts.js"));
  recorded = await Recorded.start({ www: folder.path });
  const { id } = recorded.recordings.add(asRecorded(readFileSync(made)), { durationMs: SECONDS * 1000 });
  path = `/recordings/cam/${id}`;
}, 120_000);
afterAll(async () => {
  await recorded.stop();
  folder.remove();
});

/** A file as a recording has it: its index is where ffmpeg's is not. */
function asRecorded(flv: Buffer): Buffer {
  const tags = new FlvDemuxer()
    .push(flv)
    .filter((event) => event.kind === "tag" && event.type !== TagType.script);
  const streamMetadata = encodeAmf0("onMetaData", {
    ...{
      kind: "ecma-array",
      properties: [
        ["width", 1280],
        ["height", 720],
      ],
    },
  });
  const open = openFileMetadata(streamMetadata, START_MS, 100);
  let position = headerBytes + open.length;
  const keyFrames: { readonly position: number; readonly timeMs: number }[] = [];
  for (const tag of tags) {
    if (tag.kind !== "tag") continue;
    const body = readMessageBody(tag);
    if (body.kind === "video-frame" && body.isKey) keyFrames.push({ position, timeMs: tag.timestampMs });
    position += tag.bytes.length;
  }
  const index = { durationMs: SECONDS * 1000, fileBytes: position, keyFrames, isRepaired: false };
  const metadata = closeFileMetadata(open, index) ?? open;
  return Buffer.concat([
    encodeHeader({ video: true, audio: true }),
    metadata,
    ...tags.map(({ bytes }) => bytes),
  ]);
}

interface Sought {
  readonly tookMs: number;
  readonly atS: number;
  readonly faults: readonly string[];
}

/** Opens a file in Chromium and seeks in it; `ranges` are those that it asked for then. */
async function seekInChromium(url: string) {
  const browser = await browserType.launch({
    executablePath: findProgram("chromium", "chromium-browser", "google-chrome") ?? "",
    args: ["--mute-audio"],
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    const page = await browser.newPage();
    const network = await page.context().newCDPSession(page);
    const asked: string[] = [];
    await network.send("Network.enable");
    network.on("Network.requestWillBeSentExtraInfo", ({ headers }) => {
      asked.push(headers["Range"] ?? headers["range"] ?? "");
    });
    await page.goto(`http://127.0.0.1:${recorded.served.port}/seek.html`);
    await network.send("Network.emulateNetworkConditions", {
      ...{ offline: false, latency: 0, downloadThroughput: BYTES_PER_SECOND, uploadThroughput: -1 },
    });
    const durationS = await page.evaluate<number>(`open(${JSON.stringify(url)})`);
    const before = asked.length;
    const sought = await page.evaluate<Sought>(`seek(${SEEK_S})`);
    return { durationS, ...sought, ranges: asked.slice(before) };
  } finally {
    await browser.close();
  }
}

const lacking = (...programs: readonly string[]) => {
  if (findProgram(...programs) !== null) return false;
  console.log(`skipped: ${programs[0]} is not installed`);
  return true;
};

describe.skipIf(lacking("chromium", "chromium-browser", "google-chrome"))("Chromium", () => {
  it("seeks in an FLV file by its index, with one request", async () => {
    const sought = await seekInChromium(`${path}.flv`);
    console.log(`mpegts.js: ${JSON.stringify(sought)}`);
    expect(sought).toMatchObject({ atS: expect.closeTo(22, 1), faults: [] }); // where its key frame is
    expect(sought.durationS).toBeCloseTo(SECONDS, 0);
    expect(sought.ranges).toEqual([expect.stringMatching(/^bytes=\d+-\d*$/)]);
    expect(sought.tookMs).toBeLessThan(2000); // some 200 where nothing else runs
  });

  it("seeks in the same as MP4", async () => {
    const sought = await seekInChromium(`${path}.mp4`);
    console.log(`<video>: ${JSON.stringify(sought)}`);
    expect(sought).toMatchObject({ atS: SEEK_S, faults: [] });
    expect(sought.durationS).toBeCloseTo(SECONDS, 0);
    expect(sought.tookMs).toBeLessThan(2000);
  });
});

describe.skipIf(lacking("cvlc"))("VLC", () => {
  it.each(["flv", "mp4"])("seeks in .%s", async (format) => {
    const { lengthS, atS } = await seekInVlc(`http://127.0.0.1:${recorded.served.port}${path}.${format}`, 20);
    console.log(`VLC, .${format}: ${lengthS} s long, at ${atS} s three seconds after it was to go to 20 s`);
    expect(lengthS).toBe(SECONDS);
    expect(atS).toBeGreaterThanOrEqual(20);
    expect(atS).toBeLessThan(SECONDS);
  });
});
