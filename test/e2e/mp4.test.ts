import { readFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeMp4 } from "../../src/recordings/mp4.ts";
import { findProgram, mustRun } from "../run.ts";
import { type Folder, makeFolder } from "./folder.ts";

let folder: Folder;
beforeEach(() => (folder = makeFolder()));
afterEach(() => folder.remove());

const entries = ["-v", "error", "-show_entries", "packet=stream_index,size"];
const framesOf = async (path: string) => (await mustRun(["ffprobe", ...entries, "-of", "csv", path])).stdout;

describe.each(["clean.flv", "b-frames.flv"])("an MP4 file made of %s", (name) => {
  const flv = `test/fixtures/flv/${name}`;
  const make = async () => {
    const file = folder.file("made.mp4");
    await makeMp4([readFileSync(flv)], {
      file,
      ffmpegPath: findProgram("ffmpeg") ?? "",
      maxBytes: 1_000_000,
      timeoutMs: 60_000,
      signal: new AbortController().signal,
      disk: { move: rename, remove: rm },
    });
    return file;
  };

  it("has every frame", async () => {
    const inMp4 = (await framesOf(await make())).trim().split("\n");
    expect(inMp4).toHaveLength((await framesOf(flv)).trim().split("\n").length);
    expect(inMp4.length).toBeGreaterThan(40);
  });

  it("has its index before its frames", async () => {
    const bytes = readFileSync(await make());
    expect(bytes.indexOf("moov")).toBeGreaterThan(0);
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
  });

  it("decodes without a word", async () => {
    const decode = ["ffmpeg", "-v", "error", "-xerror", "-i", await make(), "-f", "null", "-"];
    expect((await mustRun(decode)).stderr).toBe("");
  });
});
