import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeStill, stillArguments } from "../../src/ffmpeg/still.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "flvcast-still-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What stands in for ffmpeg. */
function program(script: string): string {
  const path = join(folder, "ffmpeg");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const patient = { format: "h264", timeoutMs: 60_000, signal: new AbortController().signal };

it("the whole ffmpeg command", () => {
  expect(stillArguments("h264").join(" ")).toBe(
    "-hide_banner -loglevel error -f h264 -threads 1 -i pipe:0 " +
      "-frames:v 1 -threads 1 -vf scale=out_color_matrix=bt601:out_range=full -c:v mjpeg -q:v 3 -f image2pipe pipe:1",
  );
});

describe("one access unit", () => {
  it("goes in, and what comes out is the picture", async () => {
    const ffmpegPath = program("cat");
    expect(await decodeStill(Buffer.from("a picture"), { ...patient, ffmpegPath })).toEqual(
      Buffer.from("a picture"),
    );
  });

  it("that cannot be decoded fails with ffmpeg's own word", async () => {
    const ffmpegPath = program('echo "no frame!" >&2; exit 1');
    await expect(decodeStill(Buffer.alloc(1_000_000), { ...patient, ffmpegPath })).rejects.toThrow(
      "snapshot: ffmpeg exited with code 1: no frame!",
    );
  });

  it("of which nothing comes is a failure, too", async () => {
    const ffmpegPath = program("cat > /dev/null");
    await expect(decodeStill(Buffer.alloc(1), { ...patient, ffmpegPath })).rejects.toThrow(
      "ffmpeg made no image from the last key frame",
    );
  });

  it("that takes too long is given up, and its process killed", async () => {
    const ffmpegPath = program("trap '' TERM; sleep 600");
    await expect(decodeStill(Buffer.alloc(1), { ...patient, ffmpegPath, timeoutMs: 50 })).rejects.toThrow(
      "ffmpeg took longer than 0.05 s to make a snapshot",
    );
  });

  it("is given up when it is no longer wanted", async () => {
    const ffmpegPath = program("sleep 600");
    const signal = AbortSignal.abort();
    await expect(decodeStill(Buffer.alloc(1), { ...patient, ffmpegPath, signal })).rejects.toThrow(
      "ffmpeg took longer than",
    );
  });
});
