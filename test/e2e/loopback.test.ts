import { chmodSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { findProgram } from "../run.ts";
import { makeFolder } from "./folder.ts";
import { decodeComplaints, probeStreams } from "./judges.ts";
import { start, stopAll } from "./program.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
afterAll(async () => {
  await stopAll();
  folder.remove();
});

/** The system's ffmpeg, which cannot write to the third descriptor, as builds for Windows were reported. */
function withoutInheritedPipes(): string {
  const path = folder.file("ffmpeg");
  const refuse = `case "$*" in *pipe:3*) echo "pipe:3: Bad file descriptor" >&2; exit 1;; esac`;
  writeFileSync(path, `#!/bin/sh\n${refuse}\nexec ${findProgram("ffmpeg")} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

describe.skipIf(process.platform === "win32")("an ffmpeg that cannot write to the pipes it inherits", () => {
  it("sends picture and sound over loopback TCP, and that is said once", async () => {
    const args = ["--device", "test", "--size", "320x240", "--encoder", "libx264"];
    const program = start([...args, "--ffmpeg", withoutInheritedPipes()]);
    const viewer = new Viewer(await program.firstLine());
    await viewer.watch(2);
    const { exitCode, stderr } = await program.stop();
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: "flvcast: this ffmpeg cannot write to inherited pipes; using loopback TCP instead\n",
    });
    const path = folder.file("seen.flv");
    writeFileSync(path, viewer.bytes);
    expect((await probeStreams(path)).map(({ codec_name }) => codec_name)).toEqual(["h264", "aac"]);
    expect(await decodeComplaints(path)).toBe("");
  });
});
