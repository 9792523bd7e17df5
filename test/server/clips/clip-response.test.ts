import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { makeMp4 } from "../../../src/recordings/mp4.ts";
import { Mp4Cache } from "../../../src/recordings/mp4-cache.ts";
import type { Clip } from "../../../src/stream.ts";
import { FakeStream } from "../fake-stream.ts";
import { Served } from "../served.ts";

const START_MS = Date.UTC(2026, 10, 29, 14, 5);

let folder: string;
let served: Served;
let stream: FakeStream;
let made = 0;

/** The same bytes, which a player would not take. */
const make: typeof makeMp4 = async (flv, { file }) => {
  made += 1;
  const pieces: Uint8Array[] = [];
  for await (const piece of flv) pieces.push(piece);
  await writeFile(file, Buffer.concat(pieces));
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-clips-"));
  const mp4s = new Mp4Cache({ folder, ffmpegPath: async () => "ffmpeg", make });
  served = await Served.start(false, { mp4s });
});
beforeEach(() => {
  made = 0;
  stream = new FakeStream();
  served.server.setStreams(() => [stream]);
  stream.clipped = clipOf("FLV and frames");
});
afterAll(async () => {
  await served.stop();
  rmSync(folder, { recursive: true });
});

let clips = 0;
/** Each one begins a minute after the last. */
function clipOf(text: string): Clip {
  clips += 1;
  const parts = [text.slice(0, 3), text.slice(3)].map((part) => Buffer.from(part));
  const startMs = START_MS + clips * 60_000;
  return { kind: "flv", file: { parts, bytes: text.length, durationMs: 30_000, startMs, keyFrames: [] } };
}

async function ask(path: string, headers = "", method = "GET") {
  const lines = `Host: localhost\r\nConnection: close\r\n${headers}`;
  return await served.request(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`).closed();
}

describe.each([
  ["flv", "video/x-flv"],
  ["mp4", "video/mp4"],
])("/live/NAME/clip.%s", (format, type) => {
  const path = `/live/cam/clip.${format}`;

  it("is the last seconds as a file with a length", async () => {
    const client = await ask(`${path}?last=30s`);
    expect([
      client.status,
      client.header("content-type"),
      client.header("content-length"),
      client.body,
    ]).toEqual([200, type, "14", "FLV and frames"]);
    expect(stream.calls).toEqual(["clip 30000"]);
  });

  it("is called after the stream and its start by who keeps it", async () => {
    const client = await ask(`${path}?download`);
    expect(client.header("content-disposition")).toMatch(
      new RegExp(`^attachment; filename="cam-20261129T1\\d{5}Z\\.${format}"$`),
    );
  });

  it("is another one each time, and its parts are those of one", async () => {
    const first = await ask(path, "Range: bytes=0-\r\n");
    expect([first.status, first.body]).toEqual([206, "FLV and frames"]);
    stream.clipped = clipOf("FLV and others");
    const part = await ask(path, "Range: bytes=8-\r\n");
    expect([part.status, part.header("content-range"), part.body]).toEqual([206, "bytes 8-13/14", "frames"]);
    const known = await ask(path, `If-None-Match: ${first.header("etag")}\r\n`);
    expect(known.status).toBe(304);
    const next = await ask(path);
    expect([next.status, next.body, next.header("etag") === first.header("etag")]).toEqual([
      ...[200, "FLV and others", false],
    ]);
    const late = await ask(path, `Range: bytes=8-\r\nIf-Range: ${first.header("etag")}\r\n`);
    expect([late.status, late.body]).toEqual([200, "FLV and others"]);
  });

  it("that is not there says why", async () => {
    stream.clipped = { kind: "none" };
    const none = await ask(path);
    expect([none.status, none.body]).toEqual([
      ...[404, '"cam" keeps nothing for clips: start it with --history, e.g. 30s\n'],
    ]);
    stream.clipped = { kind: "not-yet" };
    const early = await ask(path);
    expect([early.status, early.header("retry-after"), early.body]).toEqual([
      ...[503, "1", '"cam" has sent no key frame yet; try again in a second\n'],
    ]);
    expect((await ask(`/live/shed/clip.${format}`)).status).toBe(404);
  });

  it("is only read", async () => {
    const posted = await ask(path, "Content-Length: 0\r\n", "POST");
    expect([posted.status, posted.body]).toEqual([405, "method not allowed on a clip: use GET\n"]);
    const head = await ask(path, "", "HEAD");
    expect([head.status, head.body, made]).toEqual([200, "", 0]);
  });
});

describe("last", () => {
  it.each([
    ["", "Infinity"],
    ["?last=30s", "30000"],
    ["?last=1.5", "1500"],
    ["?last=10m", "600000"],
  ])("%j asks for %s ms", async (query, lastMs) => {
    await ask(`/live/cam/clip.flv${query}`);
    expect(stream.calls).toEqual([`clip ${lastMs}`]);
  });

  it.each(["0", "-1s", "11m", "1h", "1e3", "x", "", "30%20s", "9999999999"])(
    "of %j is refused in one line",
    async (text) => {
      const client = await ask(`/live/cam/clip.flv?last=${text}`);
      expect([client.status, client.body]).toEqual([400, "last must be a time up to 10m, e.g. 30s\n"]);
    },
  );

  it("may be given once", async () => {
    const client = await ask("/live/cam/clip.flv?last=1s&last=2s");
    expect([client.status, client.body]).toEqual([400, "last may be given only once\n"]);
  });
});
