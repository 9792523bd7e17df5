import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { joinBytes } from "../../src/media/flv/bytes.ts";
import { encodeHeader } from "../../src/media/flv/header.ts";
import { Muxer } from "../../src/media/flv/muxer.ts";
import type { AudioConfig, Packet } from "../../src/media/packet.ts";
import { type Mp4Options, makeMp4, mp4Arguments } from "../../src/recordings/mp4.ts";
import { bytes } from "../media/fixture.ts";
import { audioConfig, picture, sound, videoConfig } from "../media/flv/packets.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "flvcast-mp4-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const disk = { move: rename, remove: (file: string) => rm(file) };
const never = new AbortController().signal;

/** What stands in for ffmpeg: `$file` is the one to write. */
function program(script: string): string {
  const path = join(folder, "ffmpeg");
  writeFileSync(path, `#!/bin/sh\nfor last; do file=\${last#file:}; done\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

function options(script: string, changes: Partial<Mp4Options> = {}): Mp4Options {
  const file = join(folder, "clip.mp4");
  const ffmpegPath = program(script);
  return { file, ffmpegPath, maxBytes: 10_000_000, timeoutMs: 60_000, signal: never, disk, ...changes };
}

const files = () => readdirSync(folder).filter((name) => name !== "ffmpeg");
const COPIES = 'cat > "$file"';
const WRITES_AND_HANGS = 'echo begun > "$file"; sleep 600';

const both = { video: true, audio: true };
const FRAME_BYTES = 100_000;
const slice = Buffer.concat([bytes("65 88 84"), Buffer.alloc(FRAME_BYTES - 3, 0xff)]); // of PPS 0
const aFrame = (ms: number) => picture([slice], true, ms * 1000);
const aLaw: AudioConfig = {
  ...{ kind: "audio-config", codec: "pcm_alaw", decoderConfig: new Uint8Array() },
  ...{ sampleRateHz: 8000, samplesPerFrame: 160, channels: 1 },
};

/** FLV of packets, the beginning of a file with the first. */
function* flvOf(sent: Iterable<Packet>, tracks = both): Generator<Uint8Array> {
  const muxer = new Muxer({ tracks, rates: {}, encoderName: "flvcast 0.1.0" });
  yield encodeHeader(tracks);
  for (const packet of sent) {
    const ms = packet.kind === "video-frame" ? packet.decodeTimeUs / 1000 : 0;
    yield joinBytes(muxer.push(packet, ms).map((tag) => tag.bytes));
  }
}

/** So many frames, each of FRAME_BYTES, half a second apart. */
function* packets(count: number): Generator<Packet> {
  yield* [videoConfig, audioConfig];
  for (let at = 0; at < count; at += 1) yield aFrame(at * 500);
}

const inPieces = (count: number) => flvOf(packets(count));

async function* endingWith(end: () => Promise<never>): AsyncGenerator<Uint8Array> {
  yield* inPieces(10);
  await end();
}

async function* silent(): AsyncGenerator<Uint8Array> {
  yield await forever();
}

const forever = () => new Promise<never>(() => undefined);

it("the whole ffmpeg command", () => {
  expect(mp4Arguments("/clips/a:b.mp4", "aac").join(" ")).toBe(
    "-hide_banner -loglevel error -xerror -f mp4 -i pipe:0 -map 0:v? -map 0:a? -c copy " +
      "-movflags +faststart -f mp4 -y file:/clips/a:b.mp4",
  );
});

it("G.711 is encoded", () => {
  for (const codec of ["pcm_alaw", "pcm_mulaw"] as const)
    expect(mp4Arguments("clip.mp4", codec).join(" ")).toContain(" -c copy -c:a aac ");
});

describe("an FLV file", () => {
  it("goes in piece by piece, and its file has its name when it is whole", async () => {
    await makeMp4(inPieces(50), options(`${COPIES}; basename "$file" > "${join(folder, "name")}"`));
    const { length } = readFileSync(join(folder, "clip.mp4"));
    expect(Math.floor(length / FRAME_BYTES)).toBe(50);
    expect(readFileSync(join(folder, "name"), "utf8")).toMatch(/^clip\.mp4\.[0-9a-f]{8}\.part\n$/);
    expect(files()).toEqual(["clip.mp4", "name"]);
  });

  it("may be a list of its parts, and goes in as MP4", async () => {
    await makeMp4([...inPieces(1)], options(COPIES));
    expect(readFileSync(join(folder, "clip.mp4")).toString("latin1", 4, 12)).toBe("ftypisom");
  });

  it.each([
    [
      "its codec changes",
      [aFrame(0), sound(bytes("2110")), aLaw, { ...sound(Buffer.alloc(160)), codec: "pcm_alaw" } as const],
      "its audio changes from AAC to G.711; save the parts on their own, or as .flv",
    ],
    ["there is nothing in it", [], "there is no frame in it"],
  ])("is no file where %s", async (_what, frames, why) => {
    const failing = makeMp4(flvOf([videoConfig, audioConfig, ...frames]), options(COPIES));
    await expect(failing).rejects.toThrow(`cannot make clip.mp4: ${why}`);
    expect(files()).toEqual([]);
  });
});

describe("nothing is left", () => {
  it.each([
    [
      "its last words",
      'echo "x: [mp4 @ 0x1] no" >&2; echo "Error writing trailer of file:$file: File too large" >&2',
      "cannot make clip.mp4: ffmpeg: Error writing trailer of clip.mp4: File too large",
    ],
    ["its exit code where it says nothing", "", "cannot make clip.mp4: ffmpeg exited with code 3"],
  ])("where ffmpeg fails, and the error has %s", async (_what, says, message) => {
    const failing = makeMp4(inPieces(50), options(`echo begun > "$file"; ${says}\nexit 3`));
    await expect(failing).rejects.toThrow(new RegExp(`^${message.replaceAll(".", "\\.")}$`));
    expect(files()).toEqual([]);
  });

  it("where there is no such ffmpeg", async () => {
    const failing = makeMp4(inPieces(1), options("", { ffmpegPath: join(folder, "none") }));
    await expect(failing).rejects.toThrow(/^cannot make clip\.mp4: /);
    expect(files()).toEqual([]);
  });

  it("of one that takes too long", async () => {
    const failing = makeMp4(inPieces(50), options(WRITES_AND_HANGS, { timeoutMs: 300 }));
    await expect(failing).rejects.toThrow("it took longer than 0.3 s to make clip.mp4");
    expect(files()).toEqual([]);
  });

  it("of one whose source gives nothing more", async () => {
    const failing = makeMp4(endingWith(forever), options(COPIES, { timeoutMs: 300 }));
    await expect(failing).rejects.toThrow("it took longer than");
    expect(files()).toEqual([]);
  });

  it("of one whose source gives nothing at all", async () => {
    const failing = makeMp4(silent(), options(COPIES, { timeoutMs: 300 }));
    await expect(failing).rejects.toThrow("it took longer than");
    expect(files()).toEqual([]);
  });

  it("of one that nobody wants any more", async () => {
    const wish = new AbortController();
    const source = endingWith(() => {
      wish.abort();
      return forever();
    });
    await expect(makeMp4(source, options(COPIES, { signal: wish.signal }))).rejects.toThrow("aborted");
    expect(files()).toEqual([]);
  });

  it("of one whose source fails, though ffmpeg would take what came for the whole", async () => {
    const torn = endingWith(() => Promise.reject(new Error("the disk does not answer")));
    await expect(makeMp4(torn, options(COPIES))).rejects.toThrow("the disk does not answer");
    expect(files()).toEqual([]);
  });

  it("of one that is too large", async () => {
    const failing = makeMp4(inPieces(50), options(COPIES, { maxBytes: 4_000_000 }));
    await expect(failing).rejects.toThrow("clip.mp4 would be larger than 4000000 bytes");
    expect(files()).toEqual([]);
  });

  it("where it cannot have its name", async () => {
    const readOnly = { ...disk, move: () => Promise.reject(new Error("EROFS")) };
    await expect(makeMp4(inPieces(1), options(COPIES, { disk: readOnly }))).rejects.toThrow("EROFS");
    expect(files()).toEqual([]);
  });
});

it("an ffmpeg that fails at once is no failure of what was still to come", async () => {
  let isClosed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield* inPieces(2_000);
    } finally {
      isClosed = true;
    }
  }
  const failing = makeMp4(source(), options("exit 1", { maxBytes: Number.POSITIVE_INFINITY }));
  await expect(failing).rejects.toThrow("ffmpeg exited with code 1");
  await expect.poll(() => isClosed).toBe(true);
});
