import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { start, stopAll } from "../e2e/program.ts";
import { Viewer } from "../e2e/viewer.ts";
import { startMjpegCamera } from "./mjpeg-camera.ts";
import { repeatedPictures, watchPictures } from "./watching.ts";

const folder = makeFolder();

afterAll(async () => {
  await stopAll();
  folder.remove();
});

describe("an HTTP camera without a clock plays at its own speed, with its own pictures alone", () => {
  it.concurrent.each([
    { fps: 0.1, pictures: 4 },
    { fps: 0.5, pictures: 15 },
    { fps: 5, pictures: 80 },
    { fps: 15, pictures: 200 },
    { fps: 60, pictures: 600 },
  ])("at $fps pictures a second", async ({ fps, pictures }) => {
    const camera = await startMjpegCamera(folder, fps);
    const program = start(["--device", camera.url], { patienceMs: 110_000 });
    const viewer = new Viewer(await program.firstLine());
    const { speed, stepMs } = await watchPictures(viewer, pictures);
    viewer.leave();
    expect(await program.stop()).toMatchObject({ exitCode: 0, stderr: "" });
    await camera.stop();
    expect(speed).toBeGreaterThan(0.97);
    expect(speed).toBeLessThan(1.03);
    expect(Math.abs(stepMs - 1000 / fps)).toBeLessThan(0.25 * (1000 / fps));
    expect(await repeatedPictures(viewer, folder)).toBe(0);
  });
});
