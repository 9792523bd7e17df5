import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { start, stopAll } from "../e2e/program.ts";
import { Viewer } from "../e2e/viewer.ts";
import { startMjpegCamera } from "./mjpeg-camera.ts";
import { startRadio } from "./radio.ts";
import { repeatedPictures, soundLeadsMs, watchPictures } from "./watching.ts";

const folder = makeFolder();

afterAll(async () => {
  await stopAll();
  folder.remove();
});

describe("sound of a radio beside a network camera's picture, whatever the radio sends ahead", () => {
  it.concurrent.each([0, 8, 20])("%i seconds", async (leadSeconds) => {
    const camera = await startMjpegCamera(folder, 15);
    const radio = await startRadio(leadSeconds);
    await radio.filled;
    const program = start(["--device", camera.url, "--audio", radio.url], { patienceMs: 110_000 });
    const viewer = new Viewer(await program.firstLine());
    const { recording } = await watchPictures(viewer, 60);
    viewer.leave();
    expect(await program.stop()).toMatchObject({ exitCode: 0, stderr: "" });
    await Promise.all([camera.stop(), radio.stop()]);
    // A busy machine brings the sound late now and then: the soonest shows where it stands.
    expect(Math.abs(Math.max(...soundLeadsMs(recording).slice(-45)))).toBeLessThan(100);
    expect(await repeatedPictures(viewer, folder)).toBe(0);
  });
});
