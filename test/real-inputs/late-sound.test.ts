import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { start, stopAll } from "../e2e/program.ts";
import { Viewer } from "../e2e/viewer.ts";
import { mustRun } from "../run.ts";

const folder = makeFolder();

afterAll(async () => {
  await stopAll();
  folder.remove();
});

/** Ours, which stand in for the sound, are of some ten bytes. */
const LEAST_SOUND_BYTES = 30;

describe("a file whose sound begins at 9 s", () => {
  it("is on the air before, and its sound is in time", async () => {
    const path = folder.file("late.mp4");
    const picture = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=25:duration=14"];
    const sound = ["-itsoffset", "9", "-f", "lavfi", "-i", "sine=d=5:r=48000"];
    const coding = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p"];
    await mustRun([
      "ffmpeg",
      "-nostdin",
      "-v",
      "error",
      ...picture,
      ...sound,
      ...coding,
      "-c:a",
      "aac",
      path,
    ]);
    const startedMs = performance.now();
    const program = start(["--device", path]);
    const viewer = new Viewer(await program.firstLine());
    const { sounds, pictures, tracks } = await viewer.toTheEnd();
    expect(performance.now() - startedMs).toBeGreaterThan(13_000);
    expect(await program.ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(tracks).toEqual({ video: true, audio: true });
    const [first] = sounds.filter(({ data }) => data.length > LEAST_SOUND_BYTES);
    // The stream's zero is the key frame that it began with, a whole second of the file.
    const zeroMs = 14_000 - 40 - (pictures.at(-1)?.timestampMs ?? 0);
    expect(zeroMs).toBeLessThan(8000);
    expect(Math.abs((first?.timestampMs ?? 0) + zeroMs - 9000)).toBeLessThan(100);
  });
});
